public import StorageModel
internal import StoragePlaces

extension OpenProject {
  /// The row of a stored file. Throws `.notFound` when there is none.
  public func file(_ reference: FileReference) async throws(StorageError) -> FileRow {
    var found: [FileReference: FileRow] = [:]
    try await rows.find([reference], into: &found)
    guard let row = found[reference] else { throw .noFile(reference) }
    return row
  }
}
