import TestSupport
import Testing

/// Each safeguard of `cleanup` refuses, by its name, what it is there for, and lets pass what is right.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct CleanupSafeguardTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  @Test(arguments: [
    ("max_delete", ["--max-delete", "2"], ["--max-delete", "3"]), ("max_delete", ["--max-delete", "0"], []),
    // 6 % of 30 rows are 1.8, 7 % are 2.1: rounded up.
    ("max_delete_percent", ["--max-delete-percent", "6"], ["--max-delete-percent", "7"]),
    ("max_delete_percent", ["--max-delete-percent", "0"], []),
    // Of the objects, as Storage has them; the rows tell of 3 bytes.
    ("max_delete_bytes", ["--max-delete-bytes", "29"], ["--max-delete-bytes", "30"]),
  ])
  func `above a limit nothing at all is removed, and up to it everything`(
    _ safeguard: String, _ tooFew: [String], _ enough: [String]
  ) async throws {
    try await supastore.setUpOrphans()
    try await supastore.expectRefusal(by: [safeguard], tooFew)
    try await supastore.expectTrashed(3, enough)
    try await supastore.expectTrashed(0, tooFew)
  }

  @Test func `the limits hold for objects without a row and for expired files as well`() async throws {
    try await supastore.setUpOrphans()
    try supastore.seed(2, "lost")
    try supastore.seed(1, "expired", linkedTo: ["c"], metadata: #"{"expires_at": "2020-01-01T00:00:00Z"}"#)
    try supastore.change("delete from files where storage_path like '%lost%'")
    try await supastore.expectRefusal(by: ["max_delete"], ["--expired", "--max-delete", "5"])
    try await supastore.expectRefusal(by: ["max_delete_bytes"], ["--expired", "--max-delete-bytes", "59"])
    try await supastore.expectRefusal(by: ["max_delete_percent"], ["--expired", "--max-delete-percent", "9"])
    try await supastore.expectTrashed(6, ["--expired", "--max-delete", "6", "--max-delete-bytes", "60"])
  }

  @Test func `what would be purged has the same limits`() async throws {
    try await supastore.setUpOrphans()
    try await supastore.expectTrashed(3)
    try supastore.ageTrash(by: "31 days")
    try await supastore.expectRefusal(by: ["max_delete"], ["--max-delete", "2"])
    try await supastore.expectRefusal(by: ["max_delete_bytes"], ["--max-delete-bytes", "29"])
    let run = try await supastore("cleanup", "--apply", "--json", "--max-delete", "3", "--max-delete-bytes", "30")
    #expect(try run.exitStatus == 0 && run.ids(.purged).count == 3, "\(run.errors)")
  }

  @Test func `several limits at once are all named`() async throws {
    try await supastore.setUpOrphans()
    try await supastore.expectRefusal(
      by: ["max_delete", "max_delete_percent", "max_delete_bytes"],
      ["--max-delete", "1", "--max-delete-bytes", "1", "--max-delete-percent", "1"])
  }

  @Test func `without any link nothing is an orphan`() async throws {
    try await supastore.setUpOrphans()
    try supastore.change("delete from conversation_files")
    try await supastore.expectRefusal(by: ["no_links"], ["--max-delete-percent", "100"])
    try supastore.change(
      "insert into conversation_files (conversation_id, file_id) select c.id, f.id from conversations c, files f limit 1"
    )
    try await supastore.expectTrashed(29, ["--max-delete-percent", "100"])
  }

  @Test func `without any conversation nothing is an orphan`() async throws {
    try await supastore.setUpOrphans()
    try supastore.change("create table parked as select * from conversations")
    try supastore.change("alter table conversation_files drop constraint conversation_files_conversation_id_fkey")
    try supastore.change("delete from conversations")
    try await supastore.expectRefusal(by: ["no_conversations"])
    try supastore.change("delete from conversation_files")
    try await supastore.expectRefusal(by: ["no_links", "no_conversations"], ["--max-delete-percent", "100"])
    try supastore.change(
      "insert into conversations select * from parked",
      "insert into conversation_files select p.id, f.id from parked p, "
        + "files f where storage_path like '%linked%'")
    try await supastore.expectTrashed(3)
  }

  @Test(arguments: ["", " not valid"])
  func `without a valid foreign key no link makes a removal wait`(_ validity: String) async throws {
    try await supastore.setUpOrphans()
    try supastore.change("alter table conversation_files drop constraint conversation_files_file_id_fkey")
    let key = "alter table conversation_files add constraint k foreign key (file_id) references files (id)"
    if !validity.isEmpty { try supastore.change(key + validity) }
    try await supastore.expectRefusal(by: ["foreign_key"])
    try supastore.change(validity.isEmpty ? key : "alter table conversation_files validate constraint k")
    try await supastore.expectTrashed(3)
  }

  @Test(arguments: [
    (
      "alter table files disable trigger supastore_file_stored",
      "alter table files enable trigger supastore_file_stored"
    ),
    (
      "alter table files enable replica trigger supastore_file_stored",
      "alter table files enable always trigger supastore_file_stored"
    ),
    (
      "drop trigger supastore_file_stored on files",
      "create trigger supastore_file_stored after insert or update on files for each row execute function supastore_file_stored()"
    ),
  ])
  func `without its trigger a row on a trashed path would not be noticed`(
    _ fault: String, _ remedy: String
  ) async throws {
    try await supastore.setUpOrphans()
    try supastore.change(fault)
    try await supastore.expectRefusal(by: ["trigger"])
    try supastore.change(remedy)
    try await supastore.expectTrashed(3)
  }

  @Test func `an obstacle that comes between the look and the removal refuses by its name`() async throws {
    try await supastore.setUpOrphans()
    var delay = StandInInstance.Fault(.delay, on: "POST /rest/v1/rpc/supastore_trash_orphans")
    delay.milliseconds = 2000
    supastore.project.add(delay)
    supastore.project.forgetRequests()
    let cleanup = try supastore.start("cleanup", "--apply", "--json")
    await supastore.project.wait(for: 5, on: "POST /rest/v1/rpc/supastore_candidates")
    try supastore.change("alter table files disable trigger supastore_file_stored")
    let before = try supastore.contents()
    let run = Run(await cleanup.outcome)
    #expect(run.exitStatus == 7, "\(run.errors)")
    #expect(try run.documents.last?["refused_by"] == .array(["trigger"]), "\(run.output)")
    #expect(run.errors.contains("trigger: ") && run.errors.contains("schema --check"))
    #expect(try supastore.contents() == before)
  }
}
