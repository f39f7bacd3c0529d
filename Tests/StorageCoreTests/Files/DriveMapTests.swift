import StorageModel
import Testing

@testable import StorageCore

@Suite struct DriveMapTests {
  private func resolved(_ operand: String, by map: String) throws -> String {
    let path = try #require(LocalPath(operand))
    return try DriveMap(map, from: .environment).resolve(path).description
  }

  private func flaw(of operand: String, by map: String) throws -> StorageError {
    try #require(throws: StorageError.self) { try resolved(operand, by: map) }
  }

  @Test(arguments: [
    ("C:=/mnt/project", #"C:\app\a.py"#, "/mnt/project/app/a.py"),
    ("C:=/mnt/project", "c:/app/a.py", "/mnt/project/app/a.py"),
    ("c=/mnt/project", #"C:\app/sub\a.py"#, "/mnt/project/app/sub/a.py"),
    (#"C:\=/mnt/project"#, #"C:\\app\\\a.py"#, "/mnt/project/app/a.py"),
    ("C:/=/mnt/project/", #"C:\"#, "/mnt/project"),
    (#"C:\Project=/mnt/project"#, #"c:\project"#, "/mnt/project"),
    (#"C:\Project\=/mnt/project"#, #"c:\PROJECT\App\A.py"#, "/mnt/project/App/A.py"),
    (#"C:/Project/Sub=/mnt/sub"#, #"C:\Project\Sub\x"#, "/mnt/sub/x"),
    ("C:=/", #"C:\a\b"#, "/a/b"),
    ("C:=/mnt/a b", #"C:\x y\z"#, "/mnt/a b/x y/z"),
    (#" C: = /mnt/c , D:\Data = /data ; "#, #"D:\Data\f"#, "/data/f"),
    ("C:=/mnt/x;C:=/mnt/x/", #"C:\a"#, "/mnt/x/a"),
    ("C:=/a=b", #"C:\c=d"#, "/a=b/c=d"),
    (#"C:\Größe=/mnt/g"#, #"C:\Größe\Übung"#, "/mnt/g/Übung"),
  ])
  func `a path on a mapped drive becomes a path here`(map: String, operand: String, expected: String) throws {
    #expect(try resolved(operand, by: map) == expected)
  }

  @Test func `the entry with the longest folder counts, whatever their order`() throws {
    let entries = [#"C:=/mnt/c"#, #"C:\Project=/mnt/project"#, #"C:\Project\Deep=/mnt/deep"#]
    for map in [entries.joined(separator: ";"), entries.reversed().joined(separator: ",")] {
      #expect(try resolved(#"C:\Project\Deep\a"#, by: map) == "/mnt/deep/a")
      #expect(try resolved(#"C:\Project\Deeper\a"#, by: map) == "/mnt/project/Deeper/a")
      #expect(try resolved(#"C:\ProjectX\a"#, by: map) == "/mnt/c/ProjectX/a")
    }
  }

  @Test(arguments: [
    (#"C:\.\app\.\a.py"#, "/mnt/project/app/a.py"), (#"C:\app\..\a.py"#, "/mnt/project/a.py"),
    (#"C:\app\...\a.py"#, "/mnt/project/app/.../a.py"), (#"C:\..a"#, "/mnt/project/..a"),
  ])
  func `dots are resolved as Windows does it`(operand: String, expected: String) throws {
    #expect(try resolved(operand, by: "C:=/mnt/project") == expected)
  }

  @Test(arguments: [#"C:\.."#, #"C:\..\secret"#, #"C:\app\..\..\secret"#, "C:/../../etc/passwd"])
  func `nothing leaves a drive`(operand: String) throws {
    let error = try flaw(of: operand, by: "C:=/mnt/project")
    #expect(error.code == .configuration && error.message == "\(operand) leaves its drive")
  }

  @Test(arguments: [#"C:\Project\..\secret"#, #"C:\ProjectX\a"#, #"C:\"#, #"D:\Project\a"#, #"E:\x"#])
  func `a path that no entry covers is an error with an example`(operand: String) throws {
    let error = try flaw(of: operand, by: #"C:\Project=/mnt/project"#)
    #expect(error.code == .configuration)
    #expect(error.message == "no entry of SUPASTORE_DRIVE_MAP covers \(operand)")
    let drive = try #require(operand.first)
    #expect(error.hint?.hasSuffix("SUPASTORE_DRIVE_MAP='\(drive):=/mnt/\(drive.lowercased())'") == true)
  }

  @Test(arguments: [
    (#"\\server\share\a"#, "is a network path of Windows, which means nothing here"),
    ("//server/share/a", "is a network path of Windows, which means nothing here"),
    (#"\\?\C:\a"#, "is a network path of Windows, which means nothing here"),
    ("C:foo", "is a path of Windows without the root of its drive"),
    ("C:", "is a path of Windows without the root of its drive"),
  ])
  func `paths of other machines and without a root are errors`(operand: String, reason: String) throws {
    let error = try flaw(of: operand, by: "C:=/mnt/project")
    #expect(error.code == .configuration && error.message == "\(operand) \(reason)" && error.hint != nil)
  }

  @Test(arguments: [
    "/mnt/project/a", "a.py", "./C:\\x", "../c:/x", "app\\a.py", "\\a", "///a", "//", "/", "1:\\x", "cc:\\x", "é:\\x",
    "-", "", "data:text/plain,x", "/C:/x",
  ])
  func `everything else stays as it is`(operand: String) throws {
    #expect(try resolved(operand, by: "C:=/mnt/project;E:=/e") == operand)
    #expect(try DriveMap().resolve(#require(LocalPath(operand))).description == operand)
  }

  @Test(arguments: [
    "C:", "/mnt/c", "C:=mnt", "C:=", "=/mnt", "CC:=/mnt", "C:foo=/mnt", #"\\server\share=/mnt"#, "1:=/mnt", "C:=/a;D",
    #"C:\..=/mnt"#, "C: x=/mnt",
  ])
  func `an entry that cannot be read is named`(map: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try DriveMap(map, from: .environment) }
    let entry = map.split(separator: ";").last ?? ""
    #expect(
      error.description
        == "SUPASTORE_DRIVE_MAP (environment) holds “\(entry)”, which is no drive with its place")
    #expect(error.hint?.contains("C:=/mnt/c") == true)
  }

  @Test(arguments: ["C:=/a;c=/b", #"C:\Project=/a,c:/PROJECT/=/b"#, #"C:\x=/a;D:=/d;C:\y\..\X=/b"#])
  func `two places for one folder are refused`(map: String) {
    #expect(throws: ConfigurationError.self) { try DriveMap(map, from: .environment) }
  }

  @Test func `bytes of every kind do no harm`() throws {
    let map = try DriveMap(#"C:\Project=/mnt/project;D:=/d"#, from: .environment)
    var random = SplitMix64(seed: 17)
    let alphabet = Array(#"cCdE:\/.. =;,p"#.utf8) + [0xff, 0xc3]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let path = try #require(LocalPath(bytes: bytes))
      do throws(StorageError) {
        let found = try map.resolve(path)
        let isMapped =
          found.isInside(LocalPath(checked: Array("/mnt/project".utf8)))
          || found.isInside(LocalPath(checked: Array("/d".utf8)))
        #expect(found == path || isMapped && !found.components.contains { $0.elementsEqual("..".utf8) })
      } catch {
        #expect(error.code == .configuration)
      }
      _ = try? DriveMap(String(decoding: bytes, as: UTF8.self), from: .environment)
      _ = path.windowsBaseName
    }
  }

  @Test(arguments: [
    (#"C:\Project\app\a.py"#, "a.py"), ("C:/Project/a.py", "a.py"), (#"app\sub/a.py"#, "a.py"), ("a.py", "a.py"),
    (#"\\server\share\a.py"#, "a.py"), (#"dir\"#, "dir"), ("a:b", "a:b"), ("/", nil), ("", nil), (#"C:\.."#, nil),
    ("a/.", nil),
  ])
  func `a name is cut after its last separator of either kind`(name: String, expected: String?) throws {
    #expect(try #require(LocalPath(name)).windowsBaseName?.description == expected)
  }
}
