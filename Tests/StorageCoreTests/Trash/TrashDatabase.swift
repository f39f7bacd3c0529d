import StorageCore
import TestSupport
import Testing

/// A project's database with the schema that `supastore schema` prints, and connections to it that call the functions
/// as the service role, in the way of PostgREST.
struct TrashDatabase {
  let project: StandInInstance
  /// The superuser's, for arranging and looking.
  let owner: DatabaseSession

  init() async throws {
    project = try StandInInstance.current
    owner = try project.session()
    try await owner.run(DatabaseSchema.sql())
  }

  func session(_ role: String = "service_role") async throws -> DatabaseSession {
    let session = try project.session()
    // A deadlock is looked for this long after a wait began.
    try await session.run("set deadlock_timeout = '20ms'; set role \(role)")
    return session
  }

  /// Rows of files, with their paths in `folder`, and their objects. The ids are in the order of the paths.
  @discardableResult
  func makeFiles(
    _ count: Int, in folder: String = "a", age: String = "30 days", metadata: String = "{}", withObjects: Bool = true
  ) async throws -> [String] {
    let ids = try await owner.query(
      """
      insert into public.files (storage_path, original_name, size_bytes, metadata, created_at)
        select $1 || '/' || to_char(n, 'FM00000'), 'n', 10, $2::jsonb, now() - $3::interval
        from generate_series(1, $4::integer) n returning id
      """, folder, metadata, age, String(count))
    if withObjects { try await makeObjects(count, in: folder, age: age) }
    return ids.compactMap { $0[0] }
  }

  /// - Parameter marker: what the objects say of themselves; nil for nothing.
  func makeObjects(
    _ count: Int, in folder: String, age: String = "30 days", bucket: String = "user-files", marker: String? = nil,
    byteCount: Int = 100
  ) async throws {
    try await owner.query(
      "insert into storage.buckets (id, name) values ($1, $1) on conflict do nothing", bucket)
    try await owner.query(
      """
      insert into storage.objects (bucket_id, name, metadata, user_metadata, created_at, updated_at)
        select $1, $2 || '/' || to_char(n, 'FM00000'), jsonb_build_object('size', $3::integer), $4::jsonb,
          now() - $5::interval, now() - $5::interval
        from generate_series(1, $6::integer) n
      """, bucket, folder, String(byteCount), marker, age, String(count))
  }

  /// Removes an object as the Storage API would.
  func removeObject(_ key: String) async throws {
    try await owner.run(
      "begin; set local storage.allow_delete_query = 'true'; delete from storage.objects where name = '\(key)'; commit")
  }

  @discardableResult
  func makeConversation(_ continuationID: String) async throws -> String {
    try await value("insert into public.conversations (continuation_id) values ($1) returning id", continuationID)
  }

  /// The one value that a statement has.
  func value(_ sql: String, _ parameter: String? = nil) async throws -> String {
    let rows = parameter == nil ? try await owner.query(sql) : try await owner.query(sql, parameter)
    return try #require(rows.first?.first ?? nil)
  }

  func count(_ source: String) async throws -> Int {
    try #require(Int(try await value("select count(*) from \(source)")))
  }

  /// Makes entries look as if they had been claimed so long ago.
  func age(claimsBy interval: String) async throws {
    try await owner.query("update public.supastore_trash set claimed_at = claimed_at - $1::interval", interval)
  }
}

extension DatabaseSession {
  /// The keys in the answer of a function, sorted.
  func keys(_ call: String, _ parameters: String?...) throws(Failure) -> [String] {
    try query("select e ->> 'key' from jsonb_array_elements(public.\(call)) e order by 1", with: parameters)
      .compactMap { $0[0] }
  }
}

/// The text of an array of PostgreSQL.
func array(_ elements: some Sequence<String>) -> String {
  "{" + elements.joined(separator: ",") + "}"
}

/// The id of a run.
func run(_ number: Int) -> String {
  let digits = String(number)
  return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
}

/// What the functions of the trash take as `objects`.
func objects(_ keys: String..., bucket: String = "user-files") -> String {
  "[" + keys.map { #"{"bucket":"\#(bucket)","key":"\#($0)"}"# }.joined(separator: ",") + "]"
}
