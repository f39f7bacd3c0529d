import FoundationEssentials
import Glibc
import StorageFiles
import StorageModel
import TestSupport
import Testing

@Suite struct PartialFileTests {
  private let directory: TestSupport.TemporaryDirectory
  private let target: TargetDirectory

  init() throws {
    directory = try TemporaryDirectory()
    target = try TargetDirectory(at: LocalPath(checked: Array(directory.path.utf8)))
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }
  }

  private func file(_ text: String, isNamed: Bool) throws -> PartialFile {
    let file = try PartialFile(in: target, isNamed: isNamed)
    try Array(text.utf8).withUnsafeBytes { try file.write($0, at: 0) }
    return file
  }

  @Test func `nothing of it is seen before it is committed`() throws {
    let file = try file("content", isNamed: false)
    #expect(try names.isEmpty)
    try file.commit(as: Array("a".utf8), replacing: false)
    #expect(try names == ["a"])
    #expect(try directory.read("a") == Array("content".utf8))
  }

  @Test func `where it needs a name, that goes away with it`() throws {
    do {
      let file = try file("content", isNamed: true)
      #expect(try names.count == 1)
      #expect(try names.first?.hasSuffix(".part") == true)
      withExtendedLifetime(file) {}
    }
    #expect(try names.isEmpty)
  }

  @Test(arguments: [false, true])
  func `what has the name is kept or replaced, whatever it is`(_ isNamed: Bool) throws {
    try directory.write("mine".utf8, to: "a")
    try directory.write("other".utf8, to: "other")
    symlink("other", directory["link"])
    for name in ["a", "link"] {
      let kept = #expect(throws: FileError.self) {
        try file("new", isNamed: isNamed).commit(as: Array(name.utf8), replacing: false)
      }
      guard case .failed(.create, _, code: EEXIST) = kept else {
        Issue.record("\(String(describing: kept))")
        continue
      }
      try file("new", isNamed: isNamed).commit(as: Array(name.utf8), replacing: true)
      #expect(try directory.read(name) == Array("new".utf8))
    }
    #expect(try directory.read("other") == Array("other".utf8))
    #expect(try names == ["a", "link", "other"])
  }

  @Test func `a subdirectory is made, found again, and never reached through a link`() throws {
    let outside = try TemporaryDirectory()
    symlink(outside.path, directory["link"])
    _ = try target.subdirectory("sub".utf8)
    _ = try target.subdirectory("sub".utf8)
    #expect(throws: FileError.self) { try target.subdirectory("link".utf8) }
    #expect(try target.kind(of: "link".utf8) == .symbolicLink && target.kind(of: "sub".utf8) == .directory)
    #expect(try target.kind(of: "nosuch".utf8) == nil)
  }

  /// Whoever made it may not have come to that yet. `/proc` tells whether it was tried: it refuses.
  @Test func `the name of a subdirectory that is there already is made durable, too`() throws {
    let path = LocalPath(checked: Array("/proc/self".utf8))
    let target = try TargetDirectory(at: path)
    _ = try #require(try target.existingSubdirectory("fd".utf8))
    #expect(throws: FileError.failed(.write, path, code: EINVAL)) { try target.subdirectory("fd".utf8) }
  }
}
