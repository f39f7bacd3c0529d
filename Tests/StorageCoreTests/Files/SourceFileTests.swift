import Glibc
import StorageDigests
import StorageFiles
import StorageModel
import Testing

@Suite struct SourceFileTests {
  @Test func `what is no regular file is refused at once`() throws {
    try withTemporaryDirectory { root in
      let source = try SourceRoot(at: root)
      try root.appending("d").makeDirectory()
      try root.appending("l").makeLink(to: "d")
      try #require(root.appending("p").withCString { mkfifo($0, 0o600) } == 0)
      #expect(throws: FileError.notRegular(try root.appending("d"), .directory)) {
        try source.open(#require(LocalPath("d")))
      }
      #expect(throws: FileError.notRegular(try root.appending("p"), .pipe)) {
        try source.open(#require(LocalPath("p")))
      }
      #expect(throws: FileError.notRegular(try root.appending("l"), .symbolicLink)) {
        try source.open(#require(LocalPath("l")))
      }
      #expect(throws: FileError.notRegular(try root.appending("l"), .symbolicLink)) {
        try SourceFile(at: root.appending("l"))
      }
    }
  }

  @Test func `nothing outside of the root is opened through it`() throws {
    try withTemporaryDirectory { root in
      try root.appending("secret").write("x")
      let inside = try root.appending("inside")
      try inside.makeDirectory()
      try inside.appending("way-out").makeLink(to: "..")
      let source = try SourceRoot(at: inside)
      for path in ["../secret", "way-out/secret", "/etc/passwd", "./x", "a/../../secret"] {
        #expect(throws: FileError.self) { try source.open(#require(LocalPath(path))) }
      }
    }
  }

  @Test func `a change of the open file is seen, a replacement of its name is not one`() throws {
    try withTemporaryDirectory { root in
      let path = try root.appending("f")
      try path.write("one")
      let file = try SourceFile(at: path)
      #expect(try !file.hasChanged())
      try path.write("three")
      #expect(try file.hasChanged())

      let second = try SourceFile(at: path)
      let other = try root.appending("g")
      try other.write("another")
      try #require(other.withCString { from in path.withCString { rename(from, $0) } } == 0)
      var hasher = try FileHasher()
      // The name now leads to other bytes; the open file still holds its own, though its link count changed its ctime.
      #expect(throws: FileError.changed(path)) { try hasher.digests(of: second) }
      #expect(try hasher.digests(of: SourceFile(at: path)).sha256 == (try .of(Array("another".utf8))))
    }
  }

  @Test(arguments: [0, 1, 262_143, 262_144, 262_145, 1_000_000])
  func `one pass digests and keeps a content`(count: Int) throws {
    try withTemporaryDirectory { root in
      let path = try root.appending("f")
      let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      try path.write(content)
      var hasher = try FileHasher()
      var kept: [UInt8] = [1, 2, 3]
      let digests = try hasher.digests(of: SourceFile(at: path), keeping: &kept)
      #expect(kept == content)
      #expect(digests.byteCount == Int64(count))
      #expect(digests.sha256 == (try .of(content)))
      #expect(digests.md5 == (try .of(content)))
      #expect(digests.multipart == nil)
      #expect(try hasher.digests(of: SourceFile(at: path)) == digests)
    }
  }

  @Test func `a large file is digested in parts and not kept`() throws {
    try withTemporaryDirectory { root in
      let path = try root.appending("f")
      try path.write([])
      let size = FileHasher.partByteCount + 5
      try #require(path.withCString { truncate($0, off_t(size)) } == 0)
      var hasher = try FileHasher()
      var kept: [UInt8] = [1]
      let digests = try hasher.digests(of: SourceFile(at: path), keeping: &kept)
      #expect(kept.isEmpty)
      #expect(digests.byteCount == Int64(size))
      let part = try MD5Digest.of([UInt8](repeating: 0, count: FileHasher.partByteCount)).bytes
      let rest = try MD5Digest.of([UInt8](repeating: 0, count: 5)).bytes
      #expect(digests.multipart == MultipartMD5(digest: try .of(part + rest), partCount: 2))
      #expect(digests.md5 == (try .of([UInt8](repeating: 0, count: size))))
    }
  }

  @Test func `a file that grew or shrank since it was opened is changed, not digested`() throws {
    try withTemporaryDirectory { root in
      let path = try root.appending("f")
      var hasher = try FileHasher()
      for size in [0, 3, 9] {
        try path.write("12345")
        let file = try SourceFile(at: path)
        try #require(path.withCString { truncate($0, off_t(size)) } == 0)
        #expect(throws: FileError.changed(path)) { try hasher.digests(of: file) }
      }
      try path.write("12345")
      #expect(try hasher.digests(of: SourceFile(at: path)).sha256 == (try .of(Array("12345".utf8))))
    }
  }
}
