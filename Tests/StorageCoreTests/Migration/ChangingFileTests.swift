import Glibc
import StorageEngine
import StorageModel
import TestSupport
import Testing

/// Files that do not stand still.
@Suite(.standIn(per: .test)) struct ChangingFileTests {
  private static let large = 9 << 20

  @Test(arguments: FileChange.allCases)
  func `a large file that changes while it is sent is never stored mixed`(_ change: FileChange) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let outside = try TestSupport.TemporaryDirectory()
    let secret = try outside.write("secret".utf8, to: "secret")
    try fixture.tree.write(noise(Self.large), to: "large.bin")
    try fixture.writeFiles(0..<3)
    let once = Once()
    var interposer = Interposer()
    interposer.beforeUploads = { keys in
      guard keys.contains(where: { $0.contains("large") }) else { return }
      try once.run { try change.make(fixture.tree["large.bin"], secret: secret) }
    }

    let (summary, files) = try await fixture.migrate(through: interposer)

    #expect(summary.endedBy == nil)
    let outcome = try #require(files.first { $0.originalName == "large.bin" })
    if change.isStoredInTheEnd {
      #expect(summary.counts == [.stored: 4])
      #expect(try fixture.counts() == [4, 4, 4])
      let contents = try await fixture.downloadEverything()
      #expect(contents[try #require(LocalPath("large.bin"))] == (try fixture.tree.read("large.bin")))
    } else {
      #expect(summary.counts == [.stored: 3, .failed: 1])
      #expect(outcome.error?.code == .unreadable)
      #expect(try fixture.counts() == [3, 3, 3])
    }
  }

  @Test func `a large file that changes again and again is reported as changed`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.tree.write(noise(Self.large), to: "large.bin")
    try fixture.writeFiles(0..<3)
    var interposer = Interposer()
    interposer.beforeUploads = { keys in
      guard keys.contains(where: { $0.contains("large") }) else { return }
      try FileChange.grow.make(fixture.tree["large.bin"], secret: "")
    }

    let (summary, _) = try await fixture.migrate(through: interposer)

    #expect(summary.endedBy == nil)
    #expect(summary.counts == [.stored: 3, .changed: 1])
    #expect(try fixture.counts() == [3, 3, 3])
  }

  @Test func `files that change between the walk and the reading are stored as they are then`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let outside = try TestSupport.TemporaryDirectory()
    let secret = try outside.write("secret".utf8, to: "secret")
    // The first hop to the disk takes 32 of them.
    for number in 0..<32 { try fixture.tree.write("file \(number)".utf8, to: "a/f\(number).txt") }
    for change in FileChange.allCases { try fixture.tree.write("before the change".utf8, to: "z/\(change).txt") }
    let once = Once()
    var interposer = Interposer()
    interposer.beforeUploads = { _ in
      try once.run {
        for change in FileChange.allCases { try change.make(fixture.tree["z/\(change).txt"], secret: secret) }
      }
    }

    let (summary, files) = try await fixture.migrate(through: interposer)

    #expect(summary.counts == [.stored: 36, .failed: 2])
    #expect(Set(files.filter { $0.status == .failed }.map(\.originalName)) == ["remove.txt", "link.txt"])
    #expect(try fixture.counts() == [36, 36, 36])
    let contents = try await fixture.downloadEverything()
    #expect(!contents.values.contains(Array("secret".utf8)))
    for change in FileChange.allCases where change.isStoredInTheEnd {
      let name = try #require(LocalPath("\(change).txt"))
      #expect(contents[name] == (try fixture.tree.read("z/\(change).txt")))
    }
  }

  @Test func `a file that outgrows the bucket meanwhile is not stored`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.project.query("update storage.buckets set file_size_limit = 10000000")
    try fixture.tree.write(noise(Self.large), to: "large.bin")
    var interposer = Interposer()
    interposer.beforeUploads = { _ in try #require(truncate(fixture.tree["large.bin"], 11_000_000) == 0) }

    let (summary, files) = try await fixture.migrate(through: interposer)

    #expect(summary.counts == [.failed: 1])
    #expect(files.first?.error?.code == .tooLarge)
    #expect(try fixture.counts() == [0, 0, 0])
  }
}

/// What becomes of a file between two looks at it.
enum FileChange: String, CaseIterable, Sendable {
  case grow, shrink, rewrite, remove, link, replace

  func make(_ path: String, secret: String) throws {
    switch self {
    case .grow: try write("more", to: path, O_APPEND)
    case .shrink: try #require(truncate(path, 5) == 0)
    case .rewrite: try write("other", to: path, 0)
    case .remove: try #require(unlink(path) == 0)
    case .link:
      try #require(unlink(path) == 0)
      try #require(symlink(secret, path) == 0)
    case .replace:
      try write("new!", to: "\(path).new", O_CREAT)
      try #require(rename("\(path).new", path) == 0)
    }
  }

  private func write(_ text: String, to path: String, _ flags: Int32) throws {
    let file = open(path, O_WRONLY | flags, 0o600)
    defer { close(file) }
    try #require(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
  }

  var isStoredInTheEnd: Bool {
    switch self {
    case .grow, .shrink, .rewrite, .replace: true
    case .remove, .link: false
    }
  }
}
