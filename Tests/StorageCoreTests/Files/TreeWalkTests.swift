import Glibc
import StorageFiles
import StorageModel
import Testing

@Suite struct TreeWalkTests {
  private func walk(_ path: LocalPath, _ patterns: PathPatterns = PathPatterns()) throws -> [TreeEntry] {
    var walk = TreeWalk(try SourceRoot(at: path), patterns: patterns)
    var entries: [TreeEntry] = []
    while let entry = walk.next() { entries.append(entry) }
    return entries
  }

  private func names(_ entries: [TreeEntry]) -> [String] {
    entries.map { entry in
      switch entry {
      case .file(let path, let status): "\(path) \(status.byteCount)"
      case .skipped(let path, let reason): "\(path) skipped \(reason)"
      case .failed(let path, let error): "\(path) failed \(error)"
      }
    }
  }

  @Test func `files come in the order of their object keys, everything else is named`() throws {
    try withTemporaryDirectory { root in
      for directory in ["b", "a", "a b", "empty"] { try root.appending(directory).makeDirectory() }
      for file in ["b/1", "a/z", "a/é", "a b/x", "a.txt", "a-1", "Z", "a.b", ".hidden"] {
        try root.appending(file).write(file)
      }
      try root.appending("link").makeLink(to: "a.txt")
      try root.appending("dirlink").makeLink(to: "a")
      try #require(root.appending("pipe").withCString { mkfifo($0, 0o600) } == 0)
      let expected = [
        ".hidden 7", "Z 1", "a-1 3", "a.b 3", "a.txt 5", "a/é 4", "a/z 3", "a b/x 5", "b/1 3",
        "dirlink skipped symbolic link", "link skipped symbolic link", "pipe skipped named pipe",
      ]
      #expect(try names(walk(root)) == expected)
    }
  }

  @Test func `an entry carries what stat says`() throws {
    try withTemporaryDirectory { root in
      try root.appending("f").write("12345")
      let file = try SourceRoot(at: root).open(#require(LocalPath("f")))
      #expect(try walk(root) == [.file(#require(LocalPath("f")), file.status)])
      #expect(file.status.byteCount == 5 && file.status.inode > 0 && file.status.modified > 1_600_000_000_000_000_000)
    }
  }

  @Test func `every name that Linux allows is found`() throws {
    try withTemporaryDirectory { root in
      let names: [[UInt8]] = [
        [0xff, 0xfe], Array("new\nline".utf8), Array("\u{e9}".utf8), Array("e\u{301}".utf8),
        Array(repeating: 0x78, count: 255),
        Array("a'\"\\#?% b".utf8), [0x01], Array("日本".utf8), Array("🙂".utf8), Array(" ".utf8), Array("...".utf8),
      ]
      for name in names { try root.appending(#require(LocalPath(bytes: name))).write(name) }
      let found = try walk(root).compactMap { if case .file(let path, _) = $0 { path.bytes } else { nil } }
      #expect(Set(found) == Set(names))
      #expect(found.count == names.count)
    }
  }

  @Test func `patterns skip files, and directories whole`() throws {
    try withTemporaryDirectory { root in
      for directory in ["src", "build"] { try root.appending(directory).makeDirectory() }
      for file in ["src/a.c", "src/a.o", "build/x.c"] { try root.appending(file).write("") }
      let patterns = try PathPatterns(include: ["*.c", "*.o"], exclude: ["*.o", "build/"])
      #expect(
        try names(walk(root, patterns)) == [
          "build skipped excluded with all it holds", "src/a.c 0", "src/a.o skipped excluded",
        ])
    }
  }

  @Test func `a walk goes 256 directories deep with few descriptors and says what lies deeper`() throws {
    try withTemporaryDirectory { root in
      var directory = root
      for _ in 0..<TreeWalk.depthLimit {
        directory = try directory.appending("d")
        try directory.makeDirectory()
        try directory.appending("f").write("")
      }
      let source = try SourceRoot(at: root)
      var walk = TreeWalk(source)
      var files = 0
      while let entry = walk.next() {
        if case .file = entry { files += 1 } else { Issue.record("\(entry)") }
        // The root's own, and one of the directory that is being read.
        if files == TreeWalk.depthLimit { #expect(try descriptors(inside: source.realPath) <= 2) }
      }
      #expect(files == TreeWalk.depthLimit)

      try directory.appending("d").makeDirectory()
      let tooDeep = try self.walk(root).filter { if case .failed(_, .tooDeep) = $0 { true } else { false } }
      #expect(tooDeep.count == 1)
    }
  }

  /// How many open descriptors lead into a directory; those of tests that run beside this one do not count.
  private func descriptors(inside directory: LocalPath) throws -> Int {
    (0..<4096).count { number in
      var target = [CChar](repeating: 0, count: 4096)
      let count = readlink("/proc/self/fd/\(number)", &target, target.count)
      return count > 0
        && LocalPath(bytes: target.prefix(count).map { UInt8(bitPattern: $0) })?.isInside(directory) == true
    }
  }

  @Test func `a directory that vanished fails alone`() throws {
    try withTemporaryDirectory { root in
      try root.appending("a").makeDirectory()
      try root.appending("b").makeDirectory()
      try root.appending("b/f").write("")
      try root.appending("0").write("")
      var walk = TreeWalk(try SourceRoot(at: root))
      #expect(walk.next(1).count == 1)
      try #require(root.appending("a").withCString { rmdir($0) } == 0)
      let rest = walk.next(10)
      #expect(try rest.first == .failed(#require(LocalPath("a")), .failed(.open, root.appending("a"), code: ENOENT)))
      #expect(names(Array(rest.dropFirst())) == ["b/f 0"])
    }
  }

  @Test func `a directory swapped for a link is not entered`() throws {
    try withTemporaryDirectory { root in
      try root.appending("outside").makeDirectory()
      try root.appending("outside/secret").write("")
      let inside = try root.appending("inside")
      try inside.makeDirectory()
      try inside.appending("0").write("")
      try inside.appending("a").makeDirectory()
      var walk = TreeWalk(try SourceRoot(at: inside))
      #expect(walk.next(1).count == 1)
      try #require(inside.appending("a").withCString { rmdir($0) } == 0)
      try inside.appending("a").makeLink(to: "../outside")
      let rest = walk.next(10)
      #expect(rest.count == 1)
      guard case .failed = rest.first else {
        Issue.record("entered: \(rest)")
        return
      }
    }
  }

  @Test func `a root that is no directory, or missing, is an error that names it`() throws {
    try withTemporaryDirectory { root in
      let file = try root.appending("f")
      try file.write("")
      #expect(throws: FileError.failed(.open, file, code: ENOTDIR)) { try SourceRoot(at: file) }
      let missing = try root.appending("none")
      #expect(throws: FileError.failed(.open, missing, code: ENOENT)) { try SourceRoot(at: missing) }
      #expect(
        FileError.failed(.open, missing, code: ENOENT).description
          == "cannot open \(missing): no such file or directory")
    }
  }

  @Test func `a root named by a link is the directory behind it`() throws {
    try withTemporaryDirectory { root in
      try root.appending("d").makeDirectory()
      try root.appending("d/f").write("")
      let link = try root.appending("l")
      try link.makeLink(to: "d")
      #expect(try names(walk(link)) == ["f 0"])
      #expect(try SourceRoot(at: link).realPath == resolved(root).appending("d"))
    }
  }
}
