import StorageCore
import StorageModel
import Testing

@Suite struct RootsTests {
  private func configuration(_ value: [UInt8], driveMap: String = "", in root: LocalPath) throws -> Configuration {
    let file = try root.appending("env")
    try file.write("")
    let environment = Environment(["TEST_FILES_DIR": value, "SUPASTORE_DRIVE_MAP": Array(driveMap.utf8)])
    return try Configuration(environment: environment, dotEnvFile: file)
  }

  private func roots(_ value: [UInt8], in root: LocalPath) throws -> [LocalPath] {
    try configuration(value, in: root).roots()
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

  @Test(arguments: [";", ",", ":", " ; "])
  func `paths of Windows are not cut at the colon of their drive, and go through the drive map`(
    separator: String
  ) throws {
    try withTemporaryDirectory { root in
      let paths = try ["Project", "data", "plain"].map { try root.appending($0) }
      for path in paths { try path.makeDirectory() }
      let value = [#"c:\Project"#, "D:/", "\(paths[2])"].joined(separator: separator)
      let map = "C:=\(root);D:=\(paths[1])"
      #expect(try configuration(Array(value.utf8), driveMap: map, in: root).roots() == paths)
    }
  }

  @Test(arguments: [
    #"C:\Project"#, "C:/Project", #"/tmp;C:\Project"#, #"/tmp:C:\Project:/tmp"#, #"C:\Project, D:\Data"#,
  ])
  func `a path of Windows that is not mapped is named whole`(value: String) throws {
    try withTemporaryDirectory { root in
      let error = try #require(throws: ConfigurationError.self) { try roots(value, in: root) }
      let path = value.contains("/P") ? "C:/Project" : #"C:\Project"#
      #expect(
        error.description
          == "TEST_FILES_DIR (environment) cannot be used: no entry of SUPASTORE_DRIVE_MAP covers \(path)")
      #expect(error.hint?.contains("SUPASTORE_DRIVE_MAP='C:=/mnt/c'") == true)
    }
  }

  @Test func `every root is listed with its state, usable or not`() throws {
    try withTemporaryDirectory { root in
      let value = #"\#(root);C:\Project;D:\x;.; C:;//server/share"#
      let found = try #require(
        configuration(Array(value.utf8), driveMap: "C:=\(root)", in: root).namedRoots)
      let missing = try root.appending("Project")
      #expect(found.map(\.shownPath) == ["\(root)", "\(missing)", #"D:\x"#, ".", "C:", "//server/share"])
      let states = found.map(\.state)
      #expect(states[0] == .ok && states[1] == .missing && states[3] == .relative)
      for index in [2, 4, 5] {
        guard case .unmapped = states[index] else {
          Issue.record("\(found[index])")
          continue
        }
      }
      #expect(try configuration([], in: root).namedRoots == nil)
      #expect(try configuration(Array(root.description.utf8), in: root).namedRoots?.map(\.state) == [.ok])
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
        (";", "names no directory"),
      ]
      for (value, reason) in cases {
        #expect(throws: ConfigurationError.invalid(.roots, .environment, reason: reason)) { try roots(value, in: root) }
      }
      #expect(throws: ConfigurationError.missing(.roots, similar: nil)) { try roots("", in: root) }
    }
  }
}
