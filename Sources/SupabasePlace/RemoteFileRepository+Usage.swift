internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient

extension RemoteFileRepository {
  func usage(after id: FileID?) async throws(StorageError) -> (usage: Usage, last: FileID?) {
    let page: Page<UsageRow> = try await page(
      ["id", "file_type", "size_bytes", .jsonValue("metadata", "bucket")], from: "files", where: [],
      order: [.ascending("id")], after: id.map { [$0.description] }, position: { [$0.id.description] })
    var usage = Usage()
    for row in page.elements {
      usage.add(
        Usage.Amount(fileCount: 1, byteCount: row.byteCount ?? 0), bucket: row.bucket?.string, fileType: row.fileType)
    }
    // A short page is not the last one: a project may hand out fewer rows than were asked for.
    return (usage, page.isLast ? nil : page.elements.last?.id)
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

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    id = try row.decode(FileID.self, forKey: .id)
    fileType = try row.decode(String.self, forKey: .fileType)
    byteCount = try row.decodeByteCount(forKey: .byteCount)
    bucket = try row.decodeIfPresent(JSONValue.self, forKey: .bucket)
  }
}
