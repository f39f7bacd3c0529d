import TestSupport
import Testing

/// Roles belong to a whole cluster, so these have one of their own.
@Suite(.standIn(per: .test, ownsCluster: true), .serialized, .timeLimit(.minutes(5))) struct CleanupRowSecurityTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  @Test func `a key that does not bypass row-level security removes nothing`() async throws {
    try await supastore.setUpOrphans()
    let id = try await supastore.store("named", in: "c")
    // It sees no link at all: every file looks as if nobody wanted it.
    try supastore.change(
      "alter role service_role nobypassrls", "alter table conversation_files enable row level security")
    try await supastore.expectRefusal(by: ["rls"])
    try supastore.change("alter role service_role bypassrls")
    try await supastore.expectTrashed(3)
    #expect(try await supastore("delete", "--yes", id).exitStatus == 0)
  }

  @Test func `functions whose owner is subject to policies remove nothing`() async throws {
    try await supastore.setUpOrphans()
    let id = try await supastore.store("named", in: "c")
    try supastore.change(
      "create role keeper nologin", "grant usage on schema public, storage, extensions to keeper",
      "grant all on all tables in schema public, storage to keeper",
      "grant execute on all functions in schema public, storage to keeper",
      "alter table storage.objects disable row level security",
      """
      do $$
      declare
        item text;
      begin
        foreach item in array array['files', 'conversation_files', 'conversations', 'messages', 'supastore_trash',
          'supastore_audit'] loop
          execute format('alter table %I owner to keeper', item);
        end loop;
        for item in select oid::regprocedure from pg_proc where proname like 'supastore%' loop
          execute format('alter function %s owner to keeper', item);
        end loop;
      end
      $$
      """)
    let forced = "alter table conversation_files enable row level security, force row level security"
    try supastore.change(forced)
    // The owner sees no link at all.
    try await supastore.expectRefusal(by: ["max_delete_percent", "no_links", "rls"])
    let before = try supastore.contents()
    for arguments in [["delete", "--yes", id], ["conversation", "delete", "--yes", "c"]] {
      let refused = try await supastore.run(arguments)
      #expect(refused.exitStatus == 7 && refused.errors.contains("rls: "), "\(refused.errors)")
      #expect(try await supastore.run(arguments + ["--json"]).errors.contains("rls: "))
    }
    #expect(try supastore.contents() == before)
    try supastore.change("alter table conversation_files no force row level security")
    try await supastore.expectTrashed(3)
    #expect(try await supastore("delete", "--yes", id).exitStatus == 0)
  }
}
