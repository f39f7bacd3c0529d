import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Contents that lie in no file, and what files are taken to be.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct UploadContentTests {
  private static let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2, 3]

  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
  }

  /// Name, type in the row, type of the object, of everything stored.
  private func types() throws -> [[String?]] {
    try supastore.project.query(
      """
      select f.original_name, f.mime_type, o.metadata->>'mimetype'
      from files f join storage.objects o on o.name = f.storage_path order by f.created_at, f.id
      """)
  }

  @Test func `standard input is stored under its name`() async throws {
    try await supastore.setUp()
    let run = try await supastore(
      "upload", "--json", "-", "--name", "C:\\shots/img.png", "--conversation", "c1", input: Self.png)
    let file = try #require(try run.documents("file").first)
    #expect(run.exitStatus == 0 && file["path"] == "-" && file["original_name"] == "img.png")
    #expect(try types() == [["img.png", "image/png", "image/png"]])
    let path = try tree.write(Self.png, to: "img.png")
    let same = try await supastore("upload", "--json", path, "--conversation", "c1").documents("file").first
    #expect(same?["status"] == "unchanged" && same?["id"] == file["id"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: supastore.stateDirectory).allSatisfy {
        $0.hasPrefix("journal-")
      })
  }

  @Test func `standard input of any length arrives whole, empty as well`() async throws {
    try await supastore.setUp()
    for count in [0, 1, 256 << 10, 9 << 20] {
      let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
      let run = try await supastore("upload", "--json", "-", "--name", "n\(count)", input: content)
      let id = try #require(try run.documents("file").first?["id"]?.string)
      #expect(try await supastore("download", id, "-o", tree["copy\(count)"]).exitStatus == 0)
      #expect(try tree.read("copy\(count)") == content)
    }
  }

  @Test func `a data URL is stored as what it says it is, and shown only by its beginning`() async throws {
    try await supastore.setUp()
    let url = "data:image/png;base64,\(Data(Self.png).base64EncodedString())"
    let run = try await supastore("upload", "--json", url)
    let file = try #require(try run.documents("file").first)
    #expect(file["original_name"] == "data.png" && file["path"] == "data:image/png;base64,…")
    _ = try await supastore("upload", url, "--name", "shot.bin")
    #expect(try types() == [["data.png", "image/png", "image/png"], ["shot.bin", "image/png", "image/png"]])
    let id = try #require(file["id"]?.string)
    _ = try await supastore("download", id, "-o", tree["copy"])
    #expect(try tree.read("copy") == Self.png)
    let long = "data:text/plain;charset=utf-8;name=a-very-long-name,secret%20words"
    let text = try await supastore("upload", "--json", long)
    let path = try #require(try text.documents("file").first?["path"]?.string)
    #expect(path.count <= 40 && !text.output.contains("secret") && path.hasSuffix("…"))
  }

  @Test func `the type is what was said, else by name, else by content`() async throws {
    try await supastore.setUp()
    let makefile = try tree.write("all:\n\techo\n".utf8, to: "Makefile")
    let image = try tree.write(Self.png, to: "picture")
    let empty = try tree.write([], to: "empty.md")
    _ = try await supastore("upload", makefile, image, empty)
    _ = try await supastore("upload", makefile, "--name", "said", "--mime", "Text/X-Makefile")
    let found = try Set(types())
    #expect(
      found == [
        ["Makefile", "text/plain", "text/plain"], ["picture", "image/png", "image/png"],
        ["empty.md", "text/markdown", "text/markdown"], ["said", "text/x-makefile", "text/x-makefile"],
      ])
  }

  @Test func `an object that is stored again keeps the type of its row`() async throws {
    try await supastore.setUp()
    let path = try tree.write("a,b".utf8, to: "table.txt")
    _ = try await supastore("upload", path, "--mime", "text/csv")
    try supastore.project.query(
      "do $$ begin perform set_config('storage.allow_delete_query','true',true); delete from storage.objects; end $$")
    #expect(try await supastore("upload", path).exitStatus == 0)
    #expect(try types() == [["table.txt", "text/csv", "text/csv"]])
  }

  @Test func `more directories and contents than files may be open at first are stored all the same`() async throws {
    try await supastore.setUp()
    for number in 0..<60 { try tree.write("\(number)".utf8, to: "d\(number)/f") }
    let operands = (0..<60).flatMap { ["data:,\($0)", tree["d\($0)"]] }
    let run = try await supastore.script(#"ulimit -Sn 64; exec "$0" "$@""#, ["upload", "-r", "--json"] + operands)
    #expect(try run.exitStatus == 0 && run.summary["stored"] == 120, "\(run.errors)")
  }

  @Test func `a file whose size no row can tell is refused before a byte of it is read`() async throws {
    try await supastore.setUp()
    try supastore.project.query("update storage.buckets set file_size_limit = null")
    try tree.write([], to: "huge")
    try #require(truncate(tree["huge"], 1 << 31) == 0)
    supastore.project.forgetRequests()
    let run = try await supastore("upload", "--json", tree["huge"])
    #expect(run.exitStatus == 7)
    #expect(try run.documents("file").first?["error"]?["code"] == "too_large")
    #expect(!supastore.project.requests().contains { $0.method == "POST" })
  }
}
