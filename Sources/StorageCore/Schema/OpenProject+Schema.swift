public import StorageEngine
public import StorageModel
internal import StorageRunning
internal import SupabaseClient
internal import SupabasePlace

extension OpenProject {
  /// Compares the database with what `DatabaseSchema.sql` makes. Nil for the local store, which needs no schema.
  public func checkSchema() async throws(StorageError) -> SchemaCheck? {
    guard let remote else { return nil }
    let expected = try SchemaText(DatabaseSchema.parts.joined(separator: "\n")).items
    do throws(StorageError) {
      let items = try await retrier.run { () async throws(StorageError) in
        try await remote.connection.answer { () throws(ServiceError) in
          try remote.tables.function("supastore_schema", .reads, as: [FoundItem].self)
        }
      }.compactMap(\.item)
      return SchemaCheck(expected, items, isWhole: true)
    } catch {
      // The function is one of those that may be missing, or not be granted.
      guard error.code == .setup || error.code == .denied else { throw error }
    }
    let document = try await retrier.run { () async throws(StorageError) in
      try await remote.connection.answer { () throws(ServiceError) in remote.tables.description() }
    }
    let found = PublishedSchema(document)
    return SchemaCheck(found.visible(of: expected), found.items, isWhole: false)
  }
}

/// An element of what the function supastore_schema answers with.
private struct FoundItem: Decodable, Sendable {
  let kind: String
  let relation: String?
  let name: String
  let properties: [String: String?]

  /// Nil for a kind that a later version knows.
  var item: SchemaItem? {
    SchemaKind(rawValue: kind).map {
      SchemaItem(kind: $0, relation: relation, name: name, properties: properties.compactMapValues(\.self))
    }
  }
}
