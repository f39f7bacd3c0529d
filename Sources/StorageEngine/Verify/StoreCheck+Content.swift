internal import StorageModel

extension StoreCheck {
  /// Reads an object through.
  /// - Parameter byteCount: as its description tells.
  func content(of place: ObjectAddress, byteCount: Int64?) async throws(StorageError) -> ObjectContent {
    let reading = ReadBack(objects: project.objects, directory: try project.journalPlace().directory)
    return try await reading.content(of: place, limit: byteCount ?? .max)
  }
}
