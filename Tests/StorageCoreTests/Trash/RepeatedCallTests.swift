import TestSupport
import Testing

/// An answer can be lost: asked again by the same run, each function has done its work already.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct RepeatedCallTests {
  /// A function that changes something, after what has to be there for it; `%` is the file's id.
  struct Call: Sendable, CustomTestStringConvertible {
    var name: String
    var before: [String] = []
    var sql: String
    /// What it writes into the audit.
    var actions: [String]
    /// The parts of an answer that count as the same; null for all of it.
    var sameness = "answer"

    var testDescription: String { name }
  }

  private static let entry = #"'[{"bucket":"user-files","key":"a/00001"}]'"#
  private static let trash = "public.supastore_trash_files('{%}', null, '\(run(1))')"
  private static let claim = "public.supastore_claim_purge(\(entry), '0', '\(run(2))')"
  private static let gone = [
    "set storage.allow_delete_query = 'true'", "delete from storage.objects where name = 'a/00001'",
    "update public.supastore_trash set claimed_at = claimed_at - interval '61 seconds'",
  ]

  static let calls = [
    Call(
      name: "trash_orphans", before: ["delete from public.conversation_files"],
      sql: "public.supastore_trash_orphans('{%}', '7 days', '\(run(2))')", actions: ["trash"]),
    Call(name: "trash_expired", sql: "public.supastore_trash_expired('{%}', '\(run(2))')", actions: ["trash"]),
    Call(name: "trash_files", sql: "public.supastore_trash_files('{%}', 1, '\(run(2))')", actions: ["trash"]),
    Call(
      name: "trash_objects", before: ["delete from public.files"],
      sql: "public.supastore_trash_objects(\(entry), '7 days', '\(run(2))')", actions: ["trash"]),
    Call(
      name: "delete_conversation",
      sql: """
        public.supastore_delete_conversation(coalesce((select id from public.conversations),
          (select (detail #>> '{conversation,id}')::uuid from public.supastore_audit where action = 'conversation')),
          '\(run(2))')
        """, actions: ["trash", "conversation"]),
    Call(
      name: "restore", before: ["select \(trash)"], sql: "public.supastore_restore(\(entry), '\(run(2))')",
      actions: ["restore"]),
    Call(
      name: "finish_purge", before: ["select \(trash)", "select \(claim)"] + gone,
      sql: "public.supastore_finish_purge(\(entry), '\(run(2))')", actions: ["purged"]),
    // Again it has the object deleted, which takes 60 seconds from then on, and which is recorded before.
    Call(
      name: "claim_purge", before: ["select \(trash)"], sql: claim, actions: ["purge"],
      sameness: "(answer -> 0) - 'claimed_at'"),
  ]

  private static let state = """
    select md5(string_agg(row, ',' order by row)) from (
      select f::text from public.files f union all select l::text from public.conversation_files l
      union all select c::text from public.conversations c
      union all select (to_jsonb(t) - 'claimed_at')::text from public.supastore_trash t) rows (row)
    """

  @Test(arguments: calls)
  func `asked again it does nothing more, and rolled back it leaves no record`(_ call: Call) async throws {
    let database = try await TrashDatabase()
    let file = try await database.makeFiles(1, metadata: #"{"expires_at":"2020-01-01T00:00:00Z"}"#)[0]
    try await database.owner.query(
      "update storage.objects set user_metadata = jsonb_build_object('supastore', $1::uuid)", file)
    // The trigger of Storage makes it young.
    try await database.owner.run(
      """
      alter table storage.objects disable trigger update_objects_updated_at;
      update storage.objects set updated_at = created_at
      """)
    try await database.owner.query(
      "insert into public.conversation_files (conversation_id, file_id) values ($1, $2)",
      try await database.makeConversation("c"), file)
    for statement in call.before { try await database.owner.query(statement.replacing("%", with: file)) }
    let session = try await database.session()
    let sql = "select \(call.sameness) from (select \(call.sql.replacing("%", with: file)) as answer) asked"
    let audit =
      "select coalesce(string_agg(action, ' ' order by seq), '') from public.supastore_audit where seq > $1::bigint"
    let recorded = try await database.value("select coalesce(max(seq), 0) from public.supastore_audit")
    let before = try await database.value(Self.state)

    try await session.query("begin")
    let undone = try await session.query(sql)
    #expect(try await session.query(audit, recorded) == [[call.actions.joined(separator: " ")]])
    try await session.query("rollback")
    #expect(try await database.value(Self.state) == before)
    #expect(try await database.value(audit, recorded) == "")

    let first = try await session.query(sql)
    #expect(first.count == 1 && first[0][0] != "[]" && undone.count == 1)
    let after = try await database.value(Self.state)
    #expect(after != before)
    #expect(try await session.query(sql) == first)
    #expect(try await database.value(Self.state) == after)
    let again = call.name == "claim_purge" ? call.actions + call.actions : call.actions
    #expect(try await database.value(audit, recorded) == again.joined(separator: " "))
  }
}
