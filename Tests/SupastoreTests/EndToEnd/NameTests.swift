import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Every name that Linux allows, there and back.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct NameTests {
  private static let texts = [
    "plain.txt", " leading and trailing ", "single'quote", "double\"quote", "a#b", "a?b=c&d", "100%", "%41%2F",
    "back\\slash", "new\nline", "tab\tcarriage\r", "Grüße.txt", "caf\u{e9}", "cafe\u{301}", "文件.txt",
    "🎉👩‍👩‍👧.png", "-rf", "--help", ".hidden", "...", "a..b", "no extension", "x.tar.gz", "comma,semi;colon:", "*",
    "[a]", "{b}", "$HOME", "`id`", "<tag>", "(paren)", "a|b", "\u{1b}[31mred", "\u{202e}reversed", "null", "a+b", "~",
    "@",
    "İI\u{307}",
  ]
  private static let bytes: [[UInt8]] = [
    [0xff, 0xfe], [0x6c, 0x31, 0xe9], [0xc3], [0x63, 0x75, 0x74, 0xf0, 0x9f, 0x8e, 0x2e, 0x74, 0x78, 0x74],
    [UInt8](repeating: 0x6e, count: 251) + [0x2e, 0x74, 0x78, 0x74], [UInt8](String(repeating: "文", count: 85).utf8),
  ]
  private static let names = texts.map { Array($0.utf8) } + bytes

  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
    for name in ["root", "back"] { try #require(mkdir(directory[name], 0o700) == 0) }
  }

  private func path(_ folder: String, _ name: [UInt8]) -> [CChar] {
    (Array("\(directory[folder])/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
  }

  private func write(_ content: String, to folder: String, _ name: [UInt8]) throws {
    let descriptor = open(path(folder, name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0, "\(name)")
    defer { close(descriptor) }
    try #require(Glibc.write(descriptor, content, content.utf8.count) == content.utf8.count)
  }

  /// The names in a folder, as bytes, each with its content.
  private func contents(of folder: String) throws -> [[UInt8]: [UInt8]] {
    let stream = try #require(opendir(directory[folder]))
    defer { closedir(stream) }
    var contents: [[UInt8]: [UInt8]] = [:]
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard name != Array(".".utf8), name != Array("..".utf8) else { continue }
      let descriptor = open(path(folder, name), O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      var content = [UInt8](repeating: 0, count: 1000)
      content.removeLast(1000 - max(0, read(descriptor, &content, 1000)))
      contents[name] = content
    }
    return contents
  }

  @Test func `every name is migrated, listed and comes back exactly`() async throws {
    try await supastore.setUp()
    for (index, name) in Self.names.enumerated() { try write("content \(index)", to: "root", name) }
    let migrated = try await supastore("migrate", "--json", directory["root"])
    #expect(migrated.exitStatus == 0, "\(migrated.errors)")
    #expect(try migrated.summary["stored"]?.int == Self.names.count)
    #expect(try supastore.counts() == StoredCounts(each: Self.names.count))
    let paths = try supastore.project.query("select storage_path from files").map { $0[0] ?? "" }
    #expect(paths.allSatisfy { $0.wholeMatch(of: #/[A-Za-z0-9._\/-]{1,800}/#) != nil }, "\(paths)")

    let listed = try await supastore("list", "--json", "--all").documents("file")
    let names = listed.map { file in
      (file["original_name_base64"]?.string).flatMap { Data(base64Encoded: $0) }.map { Array($0) }
        ?? Array((file["original_name"]?.string ?? "").utf8)
    }
    #expect(Set(names) == Set(Self.names) && names.count == Self.names.count)
    let text = try await supastore("list", "--all")
    // After the header.
    #expect(text.output.split(separator: "\n").count - 1 == Self.names.count)
    #expect(!text.output.contains("\u{1b}") && !text.output.contains("\u{202e}"))

    for file in listed {
      let id = try #require(file["id"]?.string)
      let run = try await supastore("download", id, "--output", directory["back"])
      #expect(run.exitStatus == 0, "\(run.errors)")
    }
    #expect(try contents(of: "back") == contents(of: "root"))
    #expect(try contents(of: "back").count == Self.names.count)
  }

  @Test func `directories with such names keep files apart`() async throws {
    try await supastore.setUp()
    let folders = ["a b", "a_b", "a\nb", "caf\u{e9}", "cafe\u{301}", "%", "..."].map { Array($0.utf8) } + [[0xff]]
    for folder in folders {
      try #require(mkdir(path("root", folder), 0o700) == 0)
      try write("same", to: "root", folder + Array("/same.txt".utf8))
    }
    #expect(try await supastore("migrate", directory["root"]).exitStatus == 0)
    #expect(try supastore.counts() == StoredCounts(each: folders.count))
    let summary = try await supastore("migrate", "--json", directory["root"]).summary
    #expect(summary["unchanged"]?.int == folders.count)
  }
}
