import Glibc
import StorageEngine
import TestSupport
import Testing

@testable import StorageModel

/// What lies in a tree beside plain files of plain names.
@Suite(.standIn(per: .test)) struct SourceKindTests {
  @Test func `links, pipes and sockets are passed over, and what is too large is not sent`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let outside = try TestSupport.TemporaryDirectory()
    try fixture.project.query("update storage.buckets set file_size_limit = 100")
    try fixture.tree.write(noise(101), to: "large.bin")
    try fixture.tree.write(noise(100), to: "fits.bin")
    let secret = try outside.write("secret".utf8, to: "secret")
    for (target, name) in [(secret, "link"), (outside.path, "directory"), ("nowhere", "dangling")] {
      try #require(symlink(target, fixture.tree[name]) == 0)
    }
    try #require(mkfifo(fixture.tree["pipe"], 0o600) == 0)
    let socket = try bindSocket(fixture.tree["socket"])
    defer { close(socket) }
    fixture.project.forgetRequests()

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.stored: 1, .skipped: 5, .failed: 1])
    #expect(summary.failures == [.tooLarge: 1])
    #expect(files.first { $0.status == .failed }?.originalName == "large.bin")
    #expect(fixture.uploadCount() == 1)
    #expect(summary.sentByteCount == 100)
    let reasons = files.filter { $0.status == .skipped }.compactMap(\.reason)
    #expect(reasons.sorted() == ["named pipe", "socket", "symbolic link", "symbolic link", "symbolic link"])
  }

  private func bindSocket(_ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
    return descriptor
  }

  private static let names: [[UInt8]] =
    [
      "a b", " lead", "trail ", "q\"'", "#?%", "100%25", "back\\slash", "new\nline", "tab\t", "bell\u{7}", "Grüße",
      "文件", "🎉", "cafe\u{301}", "caf\u{e9}", "-rf", "...", ".hidden", "..dots", "name.", "a.b.c", "~", "*", "$(x)",
      "{a,b}", "\u{202e}gnp.exe", "a+b&c=d;e", "x.txt", "X.TXT", String(repeating: "n", count: 255),
      String(repeating: "é", count: 127), "long." + String(repeating: "e", count: 250),
    ].map { Array($0.utf8) }
    + [[0xff, 0xfe], Array("bad ".utf8) + [0xc3, 0x28] + Array(".txt".utf8), [0xed, 0xa0, 0x80], [0x80]]

  @Test func `every name Linux allows is stored under a valid key and comes back exactly`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let tree = LocalPath(checked: Array(fixture.tree.path.utf8))
    for (number, name) in Self.names.enumerated() {
      try tree.appending(LocalPath(checked: name)).write("content \(number)")
    }

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.stored: Self.names.count])
    let isPlain = { (byte: UInt8) in KeyMapping.mapped(byte) == byte || byte == UInt8(ascii: "/") }
    #expect(files.allSatisfy { $0.storagePath?.utf8.allSatisfy(isPlain) == true })
    let contents = try await fixture.downloadEverything()
    for (number, name) in Self.names.enumerated() {
      #expect(contents[LocalPath(checked: name)] == Array("content \(number)".utf8), "\(LocalPath(checked: name))")
    }
    #expect(try await fixture.migrate().summary.counts == [.unchanged: Self.names.count])
  }
}
