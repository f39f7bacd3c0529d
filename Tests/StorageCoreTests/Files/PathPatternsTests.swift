import StorageFiles
import StorageModel
import Testing

@Suite struct PathPatternsTests {
  private func excludes(_ patterns: [String], _ path: String, include: [String] = []) throws -> Bool {
    let isDirectory = path.hasSuffix("/")
    let path = try #require(LocalPath(isDirectory ? String(path.dropLast()) : path))
    return try PathPatterns(include: include, exclude: patterns).excludes(path, isDirectory: isDirectory)
  }

  @Test(arguments: [
    ("*.o", "a.o"), ("*.o", "deep/down/a.o"), ("foo", "a/foo/"), ("foo/", "a/foo/"), ("/foo", "foo"), ("a/b", "a/b"),
    ("a/*", "a/b"), ("**/foo", "foo"), ("**/foo", "a/b/foo"), ("a/**", "a/b"), ("a/**", "a/b/c"), ("a/**/b", "a/b"),
    ("a/**/b", "a/x/y/b"), ("a/**/b", "a/b/x/b"), ("**", "anything/at/all"), ("a**z", "abcz"), ("?.c", "x.c"),
    ("[a-c]x", "bx"),
    ("[!a-c]x", "dx"), ("[^a-c]x", "dx"), ("[]]", "]"), ("[a-]", "-"), ("[[:digit:]]*", "7up"), ("\\*", "*"),
    ("\\!x", "!x"),
    ("[\\]]", "]"), ("a*b*c", "aXbYbZc"), ("*", "x"), ("/*/x", "a/x"), ("é", "é"), ("name ", "name "), ("#x", "#x"),
    ("*/x", "a/x"), ("[z-a-b]", "-"),
  ])
  func `matches as gitignore does`(pattern: String, path: String) throws {
    #expect(try excludes([pattern], path))
  }

  @Test(arguments: [
    ("*.o", "a.c"), ("foo/", "foo"), ("/foo", "a/foo"), ("a/b", "x/a/b"), ("a/*", "a/b/c"), ("a/**", "a/"),
    ("*", "a/\u{0}b"),
    ("?", "/"), ("a/**/b", "a/x"), ("[a-c]x", "dx"), ("[!a-c]x", "ax"), ("\\*", "x"), ("A", "a"), ("é", "e\u{301}"),
    ("*/x", "a/b/x"), ("name ", "name"), ("a?b", "a/b"), ("a[^x]b", "a/b"),
  ])
  func `does not match where gitignore does not`(pattern: String, path: String) throws {
    guard !path.contains("\u{0}") else { return }
    #expect(try !excludes([pattern], path))
  }

  @Test func `the last matching pattern decides`() throws {
    #expect(try !excludes(["*.log", "!keep.log"], "keep.log"))
    #expect(try excludes(["!keep.log", "*.log"], "keep.log"))
    #expect(try excludes(["*.log", "!keep.log"], "other.log"))
  }

  @Test func `include keeps what matches itself or lies in a directory that does`() throws {
    #expect(try !excludes([], "a/b.c", include: ["*.c"]))
    #expect(try excludes([], "a/b.h", include: ["*.c"]))
    #expect(try !excludes([], "src/deep/x", include: ["src/"]))
    #expect(try excludes([], "src", include: ["src/"]))
    #expect(try !excludes([], "other/", include: ["src/"]))
    #expect(try excludes([], "src/gen/x", include: ["src/", "!src/gen/"]))
    #expect(try excludes(["b.c"], "a/b.c", include: ["*.c"]))
  }

  @Test func `bytes that are no UTF-8 match as bytes`() throws {
    let patterns = try PathPatterns(include: [], exclude: ["?x"])
    #expect(patterns.excludes(try #require(LocalPath(bytes: [0xff, 0x78])), isDirectory: false))
  }

  @Test(arguments: [
    ("", PatternError.empty("")), ("!", .empty("!")), ("/", .empty("/")), ("[a", .unclosedBracket("[a")),
    ("[[:digit:]", .unclosedBracket("[[:digit:]")), ("a\\", .danglingBackslash("a\\")),
    ("[[:x:]]", .unknownClass("[[:x:]]")),
  ])
  func `a pattern that cannot be meant is refused`(pattern: String, expected: PatternError) {
    #expect(throws: expected) { try PathPatterns(include: [], exclude: [pattern]) }
  }

  @Test func `a hostile pattern takes no hostile time`() throws {
    let pattern = String(repeating: "*a", count: 60) + "b"
    #expect(try !excludes([pattern], String(repeating: "a", count: 250)))
    let deep = Array(repeating: "**/a", count: 60).joined(separator: "/") + "/b"
    #expect(try !excludes([deep], Array(repeating: "a", count: 250).joined(separator: "/")))
  }

  @Test func `a file holds one pattern a line`() throws {
    try withTemporaryDirectory { root in
      let file = try root.appending(".gitignore")
      try file.write("# built\r\n\nbuild/\n*.log  \nkept\\ \n!x")
      #expect(try PathPatterns.lines(of: file) == ["build/", "*.log", "kept\\ ", "!x"])
      // A line ends where git has it end, and a mark at the beginning is none of the pattern.
      try file.write("\u{FEFF}a\u{0B}b\r\nc\u{2028}d\ne\u{85}f\u{0C}\ng")
      #expect(try PathPatterns.lines(of: file) == ["a\u{0B}b", "c\u{2028}d", "e\u{85}f\u{0C}", "g"])
      for path in [try root.appending("nosuch"), root] {
        #expect(throws: StorageError.self) { try PathPatterns.lines(of: path) }
      }
    }
  }
}
