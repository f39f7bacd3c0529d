import FoundationEssentials
import TestSupport
import Testing

/// A project with files in it, and what can go wrong with them.
struct VerifyFixture {
  let supastore: Supastore
  let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
  }

  var project: StandInInstance { supastore.project }

  /// Names that bytes, and the languages of people, order differently; contents of their own.
  static let names = ["a.txt", "B.txt", "_c", "d-e.md", "D/10.txt", "d/9.txt", "d_e.md", "empty"]

  /// Stores the files of `root`, by `migrate`.
  func store(_ names: [String] = names) async throws {
    try await supastore.setUp()
    for name in names { try tree.write(name == "empty" ? [] : Array("content of \(name)".utf8), to: "root/\(name)") }
    let run = try await supastore("migrate", "--quiet", tree["root"])
    try #require(run.exitStatus == 0, "\(run.errors)")
  }

  /// Rows with objects, of which every name appears in letters, digits and signs that collations order in their own ways.
  func fill(_ count: Int) async throws {
    try await supastore.setUp()
    try project.query(
      """
      with made as (
        insert into files (storage_path, original_name, size_bytes, metadata)
        select 'uploads/' || (array['a', 'B', '_', '-', 'Z', '10', '9', 'b.c', 'b'])[1 + n % 9] || '/' ||
          (array['x', 'X', '_x', '-x', 'x_'])[1 + n % 5] || n, 'n' || n, n, jsonb_build_object('sha256', repeat('a', 64))
        from generate_series(1, $1::integer) n returning id, storage_path, size_bytes
      )
      insert into storage.objects (bucket_id, name, version, metadata, user_metadata, created_at, updated_at)
      select 'user-files', storage_path, gen_random_uuid(), jsonb_build_object('size', size_bytes, 'eTag', '"x"'),
        jsonb_build_object('supastore', id, 'sha256', repeat('a', 64)), now() - interval '2 days', now() - interval '2 days'
      from made
      """, String(count))
  }

  /// Without grace: what was stored a moment ago is not being stored any more.
  func verify(_ arguments: String...) async throws -> Run {
    try await supastore.run(["verify", "--json", "--grace", "0s"] + arguments)
  }

  /// A row's columns, by the file's original name.
  func file(_ name: String) throws -> (id: String, path: String, sha256: String) {
    let row = try #require(
      try project.query("select id, storage_path, metadata ->> 'sha256' from files where original_name = $1", name)
        .first)
    return (row[0] ?? "", row[1] ?? "", row[2] ?? "")
  }

  func deleteRow(_ name: String) throws { try project.query("delete from files where original_name = $1", name) }

  /// As nobody can who goes by way of the Storage API: the object is gone, its row stays.
  func deleteObject(_ key: String) async throws {
    try await api("DELETE", "object/user-files/\(key)")
  }

  /// Writes an object as another program would.
  func write(_ content: String, to key: String, overwriting: Bool = false) async throws {
    try await api(
      "POST", "object/user-files/\(key)", "-H", "Content-Type: text/plain", "-H", "x-upsert: \(overwriting)", "-d",
      content)
  }

  private func api(_ method: String, _ path: String, _ arguments: String...) async throws {
    let outcome = try await Program.run(
      [
        "curl", "--silent", "--show-error", "--fail", "-X", method, "-H", "Authorization: Bearer \(project.serviceKey)",
        "-H", "apikey: \(project.serviceKey)",
      ] + arguments + ["\(project.url)/storage/v1/\(path)"])
    try #require(outcome.exitStatus == 0, "\(outcome.errors)")
  }

  /// The schema that `supastore schema` prints.
  func deploySchema() async throws {
    let schema = try await supastore("schema")
    let outcome = try await Program.run(
      ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", project.databaseURL], input: Array(schema.output.utf8)
    )
    try #require(outcome.exitStatus == 0, "\(outcome.errors)")
  }

  /// Everything that is there, but for when it was last looked at.
  func state() throws -> [[String?]] {
    try project.query("select id, storage_path, original_name, size_bytes, metadata::text from files order by id")
      + project.query("select bucket_id, name, version, metadata::text from storage.objects order by 1, 2")
      + project.query("select conversation_id, file_id from conversation_files order by 1, 2")
  }

  /// Whether any request did more than add.
  func onlyAdded() -> Bool {
    project.requests().allSatisfy { request in
      !["DELETE", "PATCH", "PUT"].contains(request.method)
    }
  }
}

extension Run {
  /// `status` of each line about a file, by the last part of its path.
  func found() throws -> [String: String] {
    try Dictionary(
      documents("file").map { line in
        let path = line["path"]?.string ?? line["storage_path"]?.string ?? ""
        return (String(path.split(separator: "/").last ?? ""), line["status"]?.string ?? "")
      }, uniquingKeysWith: { "\($0) \($1)" })
  }
}
