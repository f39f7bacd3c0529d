import FoundationEssentials
import StorageCore
import StorageEngine
import StorageModel
import StoragePlaces
import StorageSQLite
import TestSupport
import Testing

@testable import LocalPlace

/// A store with its trash, and a way to let time go by in it.
struct TrashFixture {
  enum Age: String {
    case files, objects, entries, claims
  }

  let kind: StoreUnderTest
  let open: OpenProject
  private let execute: (String) throws -> Void

  var trash: any Trash { open.trash }

  static func with(_ kind: StoreUnderTest, _ body: (TrashFixture) async throws -> Void) async throws {
    switch kind {
    case .supabase:
      let fixture = try await MigrationFixture.withBuckets()
      try await installSchema(in: fixture.project)
      try await fixture.open { open in
        try await body(TrashFixture(kind: kind, open: open) { try fixture.project.query($0) })
      }
    case .local:
      let directory = try TestSupport.TemporaryDirectory()
      try await withLocalStore(in: directory) { open in
        let path = Array(directory["state/local/store.sqlite"].utf8)
        let database = try Database(.file(path), schema: LocalDatabase.schema, creates: false)
        try await body(TrashFixture(kind: kind, open: open) { try database.execute($0) })
      }
    }
  }

  static func installSchema(in project: StandInInstance) async throws {
    let outcome = try await Program.run(
      ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", project.databaseURL],
      input: Array(DatabaseSchema.sql().utf8))
    try #require(outcome.exitStatus == 0, "\(outcome.errors)")
  }

  /// Makes things look as if they had been made, trashed or claimed so many seconds earlier.
  func age(_ what: Age, by seconds: Int) throws {
    let (table, columns) =
      switch (what, kind) {
      case (.files, _): ("files", ["created_at"])
      case (.objects, .supabase): ("storage.objects", ["created_at", "updated_at"])
      case (.objects, .local): ("objects", ["written_at"])
      case (.entries, .supabase): ("supastore_trash", ["trashed_at"])
      case (.entries, .local): ("trash", ["trashed_at"])
      case (.claims, .supabase): ("supastore_trash", ["claimed_at"])
      case (.claims, .local): ("trash", ["claimed_at"])
      }
    let changes = columns.map { column in
      kind == .supabase
        ? "\(column) = \(column) - interval '\(seconds) seconds'"
        : "\(column) = strftime('%Y-%m-%dT%H:%M:%f000+00:00', \(column), '-\(seconds) seconds')"
    }
    // One of Supabase's sets updated_at.
    if table == "storage.objects" { try execute("alter table storage.objects disable trigger user") }
    try execute("update \(table) set \(changes.joined(separator: ", "))")
  }

  /// Stores the object of a row; it holds nine bytes.
  func put(_ file: FileRow) async throws {
    _ = try await open.objects.put(
      ObjectUpload(
        bucket: file.bucket, key: file.storagePath, mediaType: "text/plain",
        content: .bytes(Array("content \(file.id.description.suffix(1))".utf8)),
        metadata: [(name: "supastore", value: file.id.description), (name: "sha256", value: "ab")]))
  }

  /// Stores files with these numbers, below sixteen, links included.
  @discardableResult
  func store(_ numbers: Int..., in continuationID: String? = nil, metadata: FileMetadata = FileMetadata()) async throws
    -> [FileRow]
  {
    let rows = try numbers.map { try row($0, byteCount: 9, metadata: metadata) }
    for row in rows { try await put(row) }
    _ = try await open.rows.insert(rows)
    if let continuationID {
      let conversation = try await open.rows.createConversation(continuationID: continuationID, title: nil).conversation
      _ = try await open.rows.link(rows.map(\.id), to: conversation)
    }
    return rows
  }

  func entries(_ query: TrashQuery = TrashQuery()) async throws -> [TrashEntry] {
    try await trash.entries(matching: query, after: nil, limit: 100).elements
  }

  func rowCount() async throws -> Int { try await open.rows.count(FileQuery()) }
}

extension ObjectAddress {
  /// Of the row with that number.
  static func numbered(_ number: Int) -> ObjectAddress {
    ObjectAddress(bucket: "user-files", key: "uploads/c/\(number)")
  }
}
