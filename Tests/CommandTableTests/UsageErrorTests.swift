import CommandTable
import Testing

@Suite struct UsageErrorTests {
  @Test(
    arguments: [
      (["migrate", "--job", "4"], "unknown option --job", "did you mean --jobs?"),
      (["migrate", "--inc=x"], "unknown option --inc", "did you mean --include?"),
      (["migrate", "--dryrun"], "unknown option --dryrun", "did you mean --dry-run?"),
      (["migrate", "--no-progres"], "unknown option --no-progres", "did you mean --no-progress?"),
      (["migrate", "--no-json"], "unknown option --no-json", "see 'sample migrate --help'"),
      (["migrate", "--qiuet"], "unknown option --qiuet", "did you mean --quiet?"),
      (["migrate", "--for-documentatio"], "unknown option --for-documentatio", "see 'sample migrate --help'"),
      (["migrate", "--zzzzzz"], "unknown option --zzzzzz", "see 'sample migrate --help'"),
      (["migrate", "-z"], "unknown option -z", "see 'sample migrate --help'"),
      (["migrate", "-qz"], "unknown option -z", "see 'sample migrate --help'"),
      (["migrate", "-dry-run"], "unknown option -d", "did you mean --dry-run?"),
      (["migrate", "-json"], "--jobs expects a whole number from 1 to 64, not 'son'", "did you mean --json?"),
      (["--jsn"], "unknown option --jsn", "did you mean --json?"),
      (
        ["--jobs=4", "migrate"], "unknown option --jobs",
        "options of a command come after its name: 'sample migrate --jobs'"
      ),
    ] as [([String], String, String)])
  func `an unknown option is named with its nearest spelling`(_ line: [String], message: String, hint: String) {
    #expect(throws: UsageError(message, hint: hint)) { try Sample.program.parse(line.map { .init($0) }) }
  }

  @Test(
    arguments: [
      (["migrat"], "unknown command 'migrat'", "did you mean 'sample migrate'?"),
      (["MIGRATE"], "unknown command 'MIGRATE'", "did you mean 'sample migrate'?"),
      (["frobnicate"], "unknown command 'frobnicate'", "'sample --help' lists the commands"),
      (["confg"], "unknown command 'confg'", "did you mean 'sample config'?"),
      (["config", "shw"], "unknown command of config: 'shw'", "did you mean 'sample config show'?"),
      (["config", "x"], "unknown command of config: 'x'", "'sample config --help' lists the commands"),
      (["config"], "config needs a command", "write 'sample config show' or 'sample config path'"),
    ] as [([String], String, String)])
  func `an unknown command is named with its nearest spelling`(_ line: [String], message: String, hint: String) {
    #expect(throws: UsageError(message, hint: hint)) { try Sample.program.parse(line.map { .init($0) }) }
  }

  @Test(
    arguments: [
      (["migrate", "--jobs"], "--jobs needs a value", "write --jobs=N"),
      (["migrate", "-j"], "--jobs needs a value", "write --jobs=N"),
      (
        ["migrate", "--output", "--dry-run"], "--output needs a value, and '--dry-run' looks like an option",
        "a value that begins with a dash is written --output=FILE"
      ),
      (
        ["migrate", "--output", "--"], "--output needs a value, and '--' looks like an option",
        "a value that begins with a dash is written --output=FILE"
      ),
      (["migrate", "-o=x"], "the value of -o does not follow a '='", "write --output=FILE or -o FILE"),
      (["migrate", "--dry-run=yes"], "--dry-run takes no value", "write --dry-run alone"),
      (["migrate", "--progress=no"], "--progress takes no value", "write --progress or --no-progress"),
      (["migrate", "--no-progress=1"], "--no-progress takes no value", "write --progress or --no-progress"),
      (["copy"], "FROM is missing", "usage: sample copy [OPTIONS] FROM FILE..."),
      (["copy", "a"], "FILE is missing", "usage: sample copy [OPTIONS] FROM FILE..."),
      (["config", "path", "x"], "unexpected argument 'x'", "usage: sample config path [OPTIONS]"),
      (["config", "show", "x", "y"], "unexpected argument 'y'", "usage: sample config show [OPTIONS] [KEY]"),
      (["copy", "a", ""], "FILE expects a path, not ''", "see 'sample copy --help'"),
    ] as [([String], String, String)])
  func `what is missing or too much is named`(_ line: [String], message: String, hint: String) {
    #expect(throws: UsageError(message, hint: hint)) { try Sample.program.parse(line.map { .init($0) }) }
  }

  @Test(arguments: [
    ("--jobs=0", "--jobs expects a whole number from 1 to 64, not '0'"),
    ("--jobs=65", "--jobs expects a whole number from 1 to 64, not '65'"),
    ("--jobs=", "--jobs expects a whole number from 1 to 64, not ''"),
    ("--jobs=4x", "--jobs expects a whole number from 1 to 64, not '4x'"),
    ("--jobs=99999999999999999999", "--jobs expects a whole number from 1 to 64, not '99999999999999999999'"),
    ("--offset=1.5", "--offset expects a whole number, not '1.5'"),
    ("--type=zip", "--type expects user_upload, generated or cache, not 'zip'"),
    ("--part-size=1", "--part-size expects a size such as 500, 64KiB or 10MB, 1KiB or more, not '1'"),
    ("--expires=30", "--expires expects a duration such as 500ms, 6s, 10m, 12h or 30d, not '30'"),
    ("--jobs=\u{1B}[31m", "--jobs expects a whole number from 1 to 64, not '\\x1b[31m'"),
  ])
  func `a value of the wrong kind is shown with what was expected`(_ argument: String, message: String) throws {
    #expect(try Sample.refusal("migrate", argument) == UsageError(message, hint: "see 'sample migrate --help'"))
  }

  @Test func `a mistyped choice gets the nearest one`() throws {
    #expect(try Sample.refusal("migrate", "--type=genrated").hint == "did you mean generated?")
    #expect(try Sample.refusal("migrate", "--type=user").hint == "did you mean user_upload?")
  }

  @Test func `text that is not UTF-8 is refused where text is needed`() {
    let line = [RawArgument("migrate"), RawArgument(bytes: Array("--include=a".utf8) + [0xFF])]
    let refusal = UsageError("--include expects text in UTF-8, not 'a\\xff'", hint: "see 'sample migrate --help'")
    #expect(throws: refusal) { try Sample.program.parse(line) }
  }

  @Test func `a long value is shortened`() throws {
    let message = try Sample.refusal("migrate", "--jobs=" + String(repeating: "9", count: 500)).message
    #expect(message.hasSuffix("'" + String(repeating: "9", count: 60) + "...'"))
  }

  static let keys = ["sb_secret_SGVsbG8", "sb_publishable_SGVsbG8", "eyJSGVsbG8.eyJSGVsbG8.SGVsbG8"]

  @Test(arguments: keys)
  func `nothing that looks like a key is ever repeated`(_ key: String) throws {
    let lines = [
      ["migrate", "--key=\(key)"], ["migrate", "--key", key], ["migrate", "--jobs=\(key)"], ["migrate", "--jobs", key],
      ["migrate", "-j\(key)"], ["migrate", "-j", key], ["migrate", "-z\(key)"], ["migrate", "--\(key)"],
      ["migrate", "--\(key)=1"], ["migrate", "-\(key)"], [key], ["config", key], ["config", "path", key],
      ["config", "path", "Bearer \(key)"], ["migrate", "--dry-run=\(key)"], ["migrate", "--output", "--\(key)"],
      ["--key=\(key)"], ["migrate", "--type", key],
    ]
    for line in lines {
      do throws(UsageError) {
        // `--key` is unknown, so the line ends there; every other line is wrong as well.
        _ = try Sample.program.parse(line.map { .init($0) })
        Issue.record("\(line) was accepted")
      } catch {
        #expect(!error.message.contains("SGVsbG8") && !error.hint.contains("SGVsbG8"), "\(line)")
      }
    }
    #expect(try Sample.refusal("migrate", "--key=\(key)").message == "unknown option --key")
    #expect(try Sample.refusal("migrate", "--jobs", key).message.hasSuffix("not a value that looks like a key"))
  }
}
