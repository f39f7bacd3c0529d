import FoundationEssentials
import TestSupport
import Testing

extension Supastore {
  /// Makes the buckets and brings the database to version 2 of the schema, both the way users do it.
  func setUpTrash() async throws {
    try await setUp()
    try await installSchema()
  }

  /// 27 files that are linked, and 3 old ones that are not: as many as the limits of a cleanup allow.
  func setUpOrphans() async throws {
    try await setUpTrash()
    try seed(27, "linked", linkedTo: ["c"])
    try seed(3, "orphan")
  }

  func change(_ statements: String...) throws {
    for statement in statements { try project.query(statement) }
  }

  /// One column of a query.
  func column(_ sql: String) throws -> [String] { try project.query(sql).map { $0[0] ?? "NULL" } }

  /// Makes rows, with objects of 10 bytes, all zero, although the rows tell of one byte each.
  ///
  /// - Parameters:
  ///   - name: the storage paths are `uploads/seed/NAME-1` and so on.
  ///   - conversations: what each is linked to; made where they are missing.
  ///   - age: of rows and objects.
  func seed(
    _ count: Int, _ name: String, linkedTo conversations: [String] = [], age: String = "8 days", metadata: String = "{}"
  ) throws {
    try project.query(
      """
      with made as (
        insert into files (storage_path, original_name, mime_type, size_bytes, metadata, created_at)
        select 'uploads/seed/' || $2 || '-' || n, $2 || ' ' || n, 'text/plain', 1, $3::jsonb, now() - $4::interval
        from generate_series(1, $1::integer) n returning id, storage_path, created_at
      ), stored as (
        insert into storage.objects (bucket_id, name, version, metadata, user_metadata, created_at, updated_at)
        select 'user-files', storage_path, gen_random_uuid(), '{"size": 10}', jsonb_build_object('supastore', id), created_at, created_at
        from made
      ), talks as (
        insert into conversations (continuation_id) select unnest($5::text[])
        on conflict (continuation_id) do update set continuation_id = excluded.continuation_id returning id
      )
      insert into conversation_files (conversation_id, file_id, added_at)
      select talks.id, made.id, now() - $4::interval from talks, made
      """, "\(count)", name, metadata, age, "{\(conversations.joined(separator: ","))}")
    try project.makeBlobs(like: "uploads/seed/\(name)-%")
  }

  /// Makes rows and objects look older.
  func age(_ paths: String = "%", by interval: String) throws {
    try project.query(
      "update files set created_at = created_at - $1::interval where storage_path like $2", interval, paths)
    try project.query(
      """
      do $$ begin
        set local session_replication_role = replica;
        update storage.objects set created_at = created_at - interval '\(interval)',
          updated_at = updated_at - interval '\(interval)' where name like '\(paths)';
      end $$
      """)
  }

  /// Has a file's time be over long ago.
  func expire(_ id: String) throws {
    try project.query(
      "update files set metadata = metadata || '{\"expires_at\": \"2020-01-01T00:00:00Z\"}' where id = $1::uuid", id)
  }

  /// Makes the trash look older.
  func ageTrash(by interval: String) throws {
    try project.query(
      "update supastore_trash set trashed_at = trashed_at - $1::interval, claimed_at = claimed_at - $1::interval",
      interval)
  }

  /// As if all claims had been made more than a minute ago.
  func ageClaims() throws { try project.query("update supastore_trash set claimed_at = claimed_at - interval '61 s'") }

  /// Stores a file of so many bytes for a conversation, and returns its id.
  func store(_ name: String, byteCount: Int = 20, in conversation: String, _ options: String...) async throws -> String
  {
    let content = Array(name.utf8) + [UInt8](repeating: 46, count: max(0, byteCount - name.utf8.count))
    let upload = try await run(
      ["upload", "-", "--name", name, "--conversation", conversation, "--json"] + options, input: content)
    try #require(upload.exitStatus == 0, "\(upload.errors)")
    return try #require(try upload.documents("file").first?["id"]?.string)
  }

  /// Everything that there is of a project, column by column.
  func contents() throws -> ProjectContents {
    let hasTrash = try project.query("select to_regclass('supastore_trash') is not null") == [["t"]]
    return ProjectContents(
      rows: try column("select to_jsonb(f)::text from files f order by id"),
      links: try column("select to_jsonb(l)::text from conversation_files l order by file_id, conversation_id"),
      conversations: try column("select to_jsonb(c)::text from conversations c order by id"),
      objects: try column(
        "select (to_jsonb(o) - 'last_accessed_at')::text from storage.objects o order by bucket_id, name"),
      trash: hasTrash ? try column("select to_jsonb(t)::text from supastore_trash t order by bucket, key") : [])
  }

  /// The requests that could have removed something.
  func removingRequests() -> [String] {
    let removing = ["supastore_trash_", "supastore_delete_", "supastore_claim_"]
    return project.requests().filter { request in
      request.method == "DELETE" || removing.contains { request.target.contains($0) }
    }.map { "\($0.method) \($0.target)" }
  }
}

struct ProjectContents: Equatable {
  let rows: [String]
  let links: [String]
  let conversations: [String]
  let objects: [String]
  let trash: [String]
}
