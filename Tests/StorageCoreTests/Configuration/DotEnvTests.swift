import Glibc
import StorageCore
import StorageFiles
import StorageModel
import Testing

@Suite struct DotEnvTests {
  private func values(_ text: String) throws -> [String: String] {
    try withTemporaryDirectory { root in
      let path = try root.appending(".env")
      try path.write(text, mode: 0o600)
      let file = try #require(try DotEnv(at: path, isNamed: true))
      return file.values.mapValues { String(decoding: $0.bytes, as: UTF8.self) }
    }
  }

  @Test(arguments: [
    ("A=b", "b"), ("A = b ", "b"), ("export A=b", "b"), ("  A=b\r\n", "b"), ("A=", ""), ("A=b # comment", "b"),
    ("A=b#c", "b#c"),
    ("A=#b", ""), ("A=\"b # c\"", "b # c"), ("A='b \"c\" \\n'", "b \"c\" \\n"),
    ("A=\"b\\n\\t\\\"\\\\\\$\\x\"", "b\n\t\"\\$\\x"),
    ("A=\"b\nc\"", "b\nc"), ("A='b' # c", "b"), ("A=b=c", "b=c"), ("A=$HOME `id` $(id)", "$HOME `id` $(id)"),
    ("A=b\nA=c", "c"),
    ("\u{feff}A=b", "b"), ("# A=x\n\n\nA=b", "b"), ("A=a b", "a b"), ("A=it's", "it's"), ("A=é", "é"), ("A=\"\"", ""),
  ])
  func `values are read as they are written`(text: String, expected: String) throws {
    #expect(try values(text)["A"] == expected)
  }

  @Test(arguments: [
    ("A=1\nB", 2), ("=x", 1), ("A B=x", 1), ("\nA=\"x\ny", 2), ("A='x", 1), ("A=\"x\"y", 1), ("A=x\u{0}y", 1),
    ("A=\"1\n2\"\nB", 3),
  ])
  func `a line that cannot be meant is named`(text: String, line: Int) throws {
    try withTemporaryDirectory { root in
      let path = try root.appending(".env")
      try path.write(text)
      #expect {
        try DotEnv(at: path, isNamed: true)
      } throws: { error in
        guard case .dotEnv(path, let found, _) = error as? ConfigurationError else { return false }
        return found == line
      }
    }
  }

  @Test func `a missing file is none unless it was named`() throws {
    try withTemporaryDirectory { root in
      let path = try root.appending(".env")
      #expect(try DotEnv(at: path, isNamed: false) == nil)
      #expect(throws: ConfigurationError.file(.failed(.open, path, code: ENOENT))) {
        try DotEnv(at: path, isNamed: true)
      }
    }
  }

  @Test func `a directory and a file without end are refused`() throws {
    try withTemporaryDirectory { root in
      #expect(throws: ConfigurationError.self) { try DotEnv(at: root, isNamed: false) }
      let large = try root.appending("large")
      try large.write(String(repeating: "A=b\n", count: 300_000))
      #expect(throws: ConfigurationError.file(.failed(.read, large, code: EFBIG))) {
        try DotEnv(at: large, isNamed: true)
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
  func `a file of another user counts only when it was named`() throws {
    try withTemporaryDirectory { root in
      let path = try root.appending(".env")
      try path.write("A=b")
      try #require(path.withCString { chown($0, 12345, 12345) } == 0)
      // Root reads what it finds only when root owns it; anybody reads what root owns.
      #expect(throws: ConfigurationError.foreignDotEnv(path)) { try DotEnv(at: path, isNamed: false) }
      #expect(try DotEnv(at: path, isNamed: true) != nil)
    }
  }
}
