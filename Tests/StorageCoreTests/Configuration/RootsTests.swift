import Testing

@testable import StorageCore

@Suite struct RootsTests {
  private func roots(_ value: [UInt8], in root: LocalPath) throws -> [LocalPath] {
    let file = try root.appending("env")
    try file.write("")
    return try Configuration(environment: Environment(["TEST_FILES_DIR": value]), dotEnvFile: file).roots()
  }

  private func roots(_ value: String, in root: LocalPath) throws -> [LocalPath] {
    try roots(Array(value.utf8), in: root)
  }

  @Test func `a directory that exists is taken whole, separators and all`() throws {
    try withTemporaryDirectory { root in
      let odd = try root.appending("a:b;c,d")
      try odd.makeDirectory()
      #expect(try roots(odd.bytes, in: root) == [odd])
      let bytes = try root.appending(#require(LocalPath(bytes: [0xff, 0x3a, 0xfe])))
      try bytes.makeDirectory()
      #expect(try roots(bytes.bytes, in: root) == [bytes])
    }
  }

  @Test(arguments: [";", ",", ":", " ; ", ":;"])
  func `several directories stand between separators`(separator: String) throws {
    try withTemporaryDirectory { root in
      let paths = try ["a", "b c"].map { try root.appending($0) }
      for path in paths { try path.makeDirectory() }
      #expect(try roots("\(paths[0])\(separator)\(paths[1]);", in: root) == paths)
    }
  }

  @Test func `a part that is missing, relative or no directory is named`() throws {
    try withTemporaryDirectory { root in
      try root.appending("f").write("")
      let cases = [
        ("\(root):\(root)/none", "names \(root)/none, which is no directory"),
        ("\(root);relative", "names relative, which is no directory"),
        ("\(root);.", "names ., which is not absolute"),
        ("\(root)/f", "names \(root)/f, which is no directory"),
        ("C:\\Project", "names C, which is no directory"),
        (";", "names no directory"),
      ]
      for (value, reason) in cases {
        #expect(throws: ConfigurationError.invalid(.roots, .environment, reason: reason)) { try roots(value, in: root) }
      }
      #expect(throws: ConfigurationError.missing(.roots, similar: nil)) { try roots("", in: root) }
    }
  }
}
