internal import SupabaseClient

extension RemoteFileRepository {
  func usage(after id: FileID?) async throws(StorageError) -> (usage: Usage, last: FileID?) {
    let position = id.map { Filter.after([$0.description], in: [.ascending("id")]) }
    let rows = try await connection.answer { () throws(ServiceError) in
      try tables.select(
        ["id", "file_type", "size_bytes", .jsonValue("metadata", "bucket")], from: "files",
        where: [position].compactMap(\.self), order: [.ascending("id")], as: UsageRow.self)
    }.rows
    var usage = Usage()
    for row in rows {
      usage.add(
        Usage.Amount(fileCount: 1, byteCount: row.byteCount ?? 0), bucket: row.bucket?.string, fileType: row.fileType)
    }
    // A short page is not the last one: a project may hand out fewer rows than were asked for.
    return (usage, rows.last?.id)
  }
}

private struct UsageRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case id, bucket
    case fileType = "file_type"
    case byteCount = "size_bytes"
  }

  let id: FileID
  let fileType: String
  let byteCount: Int64?
  let bucket: JSONValue?
}
