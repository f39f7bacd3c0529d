import TestSupport
import Testing

/// What would end badly later is refused before anything is asked or written.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SafeguardTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    try tree.write("content".utf8, to: "root/f")
  }

  @Test(arguments: [["setup"], ["migrate", "ROOT"], ["upload", "ROOT/f"], ["download", "x"], ["list"]])
  func `a key of another role is refused by every command`(_ command: [String]) async throws {
    let anonymous = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": supastore.project.publishableKey])
    let arguments = command.map { $0.replacing("ROOT", with: tree["root"]) }
    supastore.project.forgetRequests()
    let run = try await anonymous.run(arguments)
    #expect(run.exitStatus == 5)
    #expect(run.errors.contains("holds a key with the role anon"))
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `a state directory inside a root is refused, and nothing of it is stored`() async throws {
    try await supastore.setUp()
    let inside = supastore.with(["SUPASTORE_STATE_DIR": tree["root/state"]])
    for arguments in [
      ["migrate", tree["root"]], ["migrate", "--dry-run", tree["root"]], ["upload", "-r", tree["root"]],
    ] {
      let run = try await inside.run(arguments)
      #expect(run.exitStatus == 2)
      #expect(run.errors.contains("SUPASTORE_STATE_DIR"))
    }
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `a conversation's row id means that conversation`() async throws {
    try await supastore.setUp()
    let row = "11111111-1111-4111-8111-111111111111"
    try supastore.project.query("insert into conversations (id, continuation_id) values ($1::uuid, 'talk')", row)
    #expect(try await supastore("migrate", "--conversation", row, tree["root"]).exitStatus == 0)
    #expect(try await supastore("upload", "--conversation", row, tree["root/f"]).output.hasPrefix("unchanged "))
    #expect(try await supastore("list", "--conversation", row).output.contains("  f\n"))
    #expect(try supastore.project.query("select count(*) from conversations") == [["1"]])
    #expect(try supastore.project.query("select left(storage_path, 13) from files") == [["uploads/talk/"]])
  }

  @Test(arguments: [("SUPASTORE_CA_FILE", "/no/such/file"), ("SUPASTORE_PROXY", "nonsense://x")])
  func `a certificate file or proxy that cannot be is a wrong setting`(_ name: String, _ value: String) async throws {
    let run = try await supastore.with([name: value])("list")
    #expect(run.exitStatus == 2)
    #expect(run.errors.contains(name) && run.errors.contains("supastore: hint: "))
  }
}
