internal import StorageFormats
internal import StorageModel
internal import SupabaseClient

extension RemoteFileRepository {
  func updateMetadata(
    of id: FileID, from old: FileMetadata, to new: FileMetadata
  ) async throws(StorageError) -> Bool {
    var json = JSONWriter()
    old.json.write(to: &json)
    let isAsBefore = Filter.eq("metadata", String(decoding: json.bytes, as: UTF8.self))
    // A column without a value reads as one without keys.
    let condition = old == FileMetadata() ? .any([isAsBefore, .isNull("metadata")]) : isAsBefore
    let count = try await connection.answer { () throws(ServiceError) in
      try tables.update("files", where: ChangeFilters(.eq("id", id.description), condition), atMost: 1) { row in
        row.key("metadata")
        new.json.write(to: &row)
      }
    }
    return count > 0
  }
}
