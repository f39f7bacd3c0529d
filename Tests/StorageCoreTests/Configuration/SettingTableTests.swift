import StorageCore
import StorageFiles
import StorageModel
import Testing

@Suite struct SettingTableTests {
  /// A file of the repository, found from where this file lies in it.
  private func text(of file: String) throws -> String {
    let here = try #require(LocalPath(#filePath))
    let path = try here.parent.parent.parent.parent.appending(file)
    return String(decoding: try contents(of: FileDescriptor(opening: path, flags: 0), named: path), as: UTF8.self)
  }

  /// What people need is written out, everything else stands in comments.
  private var exampleFile: String {
    let start = """
      # Settings of supastore. Copy this file to .env, fill it in, and keep it to yourself: chmod 600 .env
      # The environment goes before this file, a flag before both. A secret can lie in a file of its own: NAME_FILE=/path


      """
    return start
      + Setting.allCases.map { setting in
        let isNeeded = setting == .projectURL || setting == .serviceRoleKey
        return "# \(setting.help)\n\(isNeeded ? "" : "# ")\(setting.name)=\(setting.example)\n"
      }.joined(separator: "\n")
  }

  private var page: String {
    let start = """
      # Settings

      A flag goes before the environment, the environment before `.env` (in the current directory, or the file that
      `--env-file` names), `.env` before the default. An empty value counts as none. `supastore config show` tells where each
      value comes from. A name that begins with `SUPASTORE_` and is not listed here is an error, and so is a value that
      cannot be read. A secret can lie in a file: set the variable in brackets to its path, and leave the other one out. Of two
      names for one key both may be set when they hold the same.

      | variable | meaning | default |
      |---|---|---|

      """
    return start
      + Setting.allCases.map { setting in
        let variant = setting.fileVariant.map { " (`\($0)`)" } ?? ""
        return "| `\(setting.name)`\(variant) | \(setting.help) | \(setting.standardValue.map { "`\($0)`" } ?? "") |\n"
      }.joined()
  }

  @Test func `.env.example lists exactly the table`() throws {
    #expect(try text(of: ".env.example") == exampleFile)
  }

  @Test func `docs/configuration.md lists exactly the table`() throws {
    #expect(try text(of: "docs/configuration.md") == page)
  }

  @Test func `.env.example is a valid file of settings`() throws {
    let here = try #require(LocalPath(#filePath))
    let path = try here.parent.parent.parent.parent.appending(".env.example")
    let configuration = try Configuration(environment: Environment(), dotEnvFile: path)
    #expect(configuration.projectURL == Setting.projectURL.example)
  }

  @Test func `every example and default is a value that is taken`() throws {
    let examples = Setting.allCases.filter { !$0.example.isEmpty }.map { ($0, Array($0.example.utf8)) }
    let defaults = Setting.allCases.compactMap { setting in setting.standardValue.map { (setting, Array($0.utf8)) } }
    try withTemporaryDirectory { root in
      let empty = try root.appending("env")
      try empty.write("")
      for values in [examples, defaults] {
        #expect(throws: Never.self) {
          try Configuration(
            flags: Dictionary(uniqueKeysWithValues: values), environment: Environment(), dotEnvFile: empty)
        }
      }
    }
  }
}
