import CommandTable
import StorageEngine
import StorageModel
import Testing

@testable import SupastoreShell
@testable import supastore

/// The tables of the commands.
@Suite struct DeclarationTests {
  private func arguments(_ line: String) throws -> Arguments? {
    let words = line.split(separator: " ").map { RawArgument(String($0)) }
    guard case .run(_, let arguments) = try Registry.program.parse(words) else { return nil }
    return arguments
  }

  @Test func `no table has a flaw`() {
    #expect(Registry.program.flaws == [])
  }

  @Test func `every registered command is found by its declaration`() {
    for declaration in Registry.program.commands {
      #expect(Registry.command(declaring: declaration.name)?.declaration.name == declaration.name)
    }
  }

  @Test func `conversations, stored files and directories are known as what they are`() {
    // Conversations that the trash knows are gone.
    let commands = Registry.program.commands.filter { !$0.name.hasPrefix("trash ") }
    for item in commands.flatMap(\.items) + Registry.program.globalOptions {
      switch item.placeholder {
      case "DIR": #expect(item.kind == .directory, "\(item.name)")
      case "REF": #expect(item.kind == .storedFile, "\(item.name)")
      default: if item.name == "conversation" { #expect(item.kind == .conversation) }
      }
    }
  }

  @Test func `migrate reads its line`() throws {
    let line =
      "migrate -nj8 a --include *.pdf --include *.md --exclude tmp/ --type cache --verify full b --conversation c1"
    let arguments = try #require(try arguments(line))
    #expect(arguments[MigrateCommand.directories].map(\.bytes) == [Array("a".utf8), Array("b".utf8)])
    #expect(arguments[MigrateCommand.dryRun])
    #expect(arguments[MigrateCommand.jobs] == 8)
    #expect(arguments[MigrateCommand.include] == ["*.pdf", "*.md"])
    #expect(arguments[MigrateCommand.exclude] == ["tmp/"])
    #expect(arguments[MigrateCommand.type] == .cache)
    #expect(arguments[MigrateCommand.verify] == .full)
    #expect(arguments[MigrateCommand.conversation]?.text == "c1")
  }

  @Test func `migrate has defaults`() throws {
    let arguments = try #require(try arguments("migrate"))
    #expect(arguments[MigrateCommand.directories].isEmpty && !arguments[MigrateCommand.dryRun])
    #expect(arguments[MigrateCommand.jobs] == nil && arguments[MigrateCommand.conversation] == nil)
    #expect(arguments[MigrateCommand.type] == .userUpload && arguments[MigrateCommand.verify] == .etag)
  }

  @Test func `a path keeps bytes that are not UTF-8`() throws {
    let path = RawArgument(bytes: [0x61, 0xFF])
    guard case .run(_, let arguments) = try Registry.program.parse([RawArgument("upload"), path]) else {
      Issue.record("not an upload")
      return
    }
    #expect(arguments[UploadCommand.paths].map(\.bytes) == [[0x61, 0xFF]])
  }

  @Test func `upload, download and list read their lines`() throws {
    let upload = try #require(try arguments("put f --conversation c1 --type generated --state-dir s"))
    #expect(upload[UploadCommand.paths].map(\.string) == ["f"] && upload[UploadCommand.conversation]?.text == "c1")
    #expect(upload[UploadCommand.type] == .generated && upload[GlobalOptions.stateDirectory]?.string == "s")

    let download = try #require(try arguments("get uploads/a/b.txt -fo -"))
    #expect(download[DownloadCommand.references] == [.storagePath("uploads/a/b.txt")])
    #expect(download[DownloadCommand.output]?.string == "-" && download[DownloadCommand.force])
    let part = try #require(try arguments("get a --range -5 --tail=1KiB --offline"))
    #expect(part[DownloadCommand.range] == .last(5) && part[DownloadCommand.tail]?.byteCount == 1024)

    let list = try #require(try arguments("ls --type user_upload --limit 5 --all --json"))
    #expect(list[ListCommand.type] == .userUpload && list[ListCommand.limit] == 5 && list[ListCommand.all])
    #expect(list[GlobalOptions.json])
  }

  @Test(arguments: [
    ("upload", "PATH is missing"),
    ("setup now", "unexpected argument 'now'"), ("config", "config needs a command"),
    ("migrate --jobs 65", "--jobs expects a whole number from 1 to 64, not '65'"),
    ("migrate --type pdf", "--type expects user_upload, generated or cache, not 'pdf'"),
    ("migrate --verify md5", "--verify expects etag or full, not 'md5'"),
    ("download a --range 5-3", "--range expects bytes such as 0-99, 100- or -500, not '5-3'"),
    ("list --limit 0", "--limit expects a whole number from 1 to 1000000, not '0'"),
    ("upload a --conversation=", "--conversation expects text in UTF-8 that is not empty, not ''"),
    ("migrate --key=sb_secret_x", "unknown option --key"),
  ])
  func `misuse is told`(_ line: String, message: String) throws {
    let error = #expect(throws: UsageError.self) { try arguments(line) }
    #expect(error?.message == message)
    #expect(error?.hint.isEmpty == false)
  }

  @Test func `an example of a command can be parsed`() throws {
    for command in Registry.program.commands {
      for example in command.examples {
        // As a shell would split it; none of the examples has quoted spaces before a pipe or a file.
        let line = example.command.prefix { !"|<>".contains($0) }.filter { $0 != "'" }
        let words = line.split(separator: " ").dropFirst().map { RawArgument(String($0)) }
        guard case .run(let called, _) = try Registry.program.parse(words) else {
          Issue.record("\(example.command) runs nothing")
          continue
        }
        #expect(called.name == command.name)
      }
    }
  }
}
