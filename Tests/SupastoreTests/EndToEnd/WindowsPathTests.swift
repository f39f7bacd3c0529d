import FoundationEssentials
import TestSupport
import Testing

/// Paths as a program on Windows sends them to a container.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct WindowsPathTests {
  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
  }

  @Test func `migrate takes a directory of Windows through the drive map`() async throws {
    try directory.write("a".utf8, to: "mnt/App/sub/a.py")
    try await supastore.setUp()
    let mapped = supastore.with(["SUPASTORE_DRIVE_MAP": #"C:\Project=\#(directory["mnt"])"#])
    let run = try await mapped("migrate", "--json", #"c:\project\App"#)
    #expect(run.exitStatus == 0, "\(run.errors)")
    let row = try supastore.project.query(
      "select original_name, metadata->>'relative_path', metadata->>'continuation_id' from files")
    #expect(row == [["a.py", "sub/a.py", "App"]])

    let rooted = mapped.with(["TEST_FILES_DIR": #"C:\Project\App"#])
    let again = try await rooted("migrate", "--json")
    #expect(try again.exitStatus == 0 && again.summary["unchanged"] == 1, "\(again.errors)")
  }

  @Test(arguments: [
    (#"E:\x"#, "no entry of SUPASTORE_DRIVE_MAP covers"),
    (#"C:\Project\..\x"#, "no entry of SUPASTORE_DRIVE_MAP covers"),
    (#"\\server\share\x"#, "network path"), ("C:x", "without the root"),
  ])
  func `a path that means nothing here ends with 2, and nothing is sent`(path: String, reason: String) async throws {
    let mapped = supastore.with(["SUPASTORE_DRIVE_MAP": #"C:\Project=\#(directory.path)"#])
    let run = try await mapped("migrate", "--json", path)
    #expect(run.exitStatus == 2 && run.output == "")
    let error = try #require(try run.error)
    #expect(error["code"] == "configuration" && error["hint"]?.string?.isEmpty == false)
    let message = try #require(error["message"]?.string)
    #expect(message.contains(reason) && message.contains(path))
    #expect(supastore.project.requestCount == 0)
  }
}
