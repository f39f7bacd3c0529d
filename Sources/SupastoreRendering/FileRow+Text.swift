internal import CommandTable
internal import StorageCore
package import SupastoreShell

extension FileRow {
  /// The columns of the row, and what stands in its metadata under names of their own.
  package var json: JSONDocument {
    [
      "id": .string(id.description), "bucket": .string(bucket), "storage_path": .string(storagePath),
      "original_name": .string(originalName), "original_name_base64": JSONDocument(metadata.originalNameBase64),
      "mime_type": JSONDocument(mediaType), "size_bytes": JSONDocument(byteCount),
      "file_type": .string(type.rawValue), "sha256": JSONDocument(metadata.sha256),
      "continuation_id": JSONDocument(metadata.continuationID), "relative_path": JSONDocument(metadata.relativePath),
      "relative_path_base64": JSONDocument(metadata.relativePathBase64),
      "expires_at": JSONDocument(metadata.expiresAt), "metadata": JSONDocument(metadata.json),
      "created_at": JSONDocument(createdAt),
    ]
  }

  // MARK: A table for people

  package static func table(width: Int?) -> StreamedTable {
    StreamedTable(
      [
        .init(title: "ID", width: 36), .init(title: "SIZE", width: 8, alignsRight: true, canBeMissed: true),
        .init(title: "CREATED (UTC)", width: 16, canBeMissed: true), .init(title: "NAME"),
      ], width: width)
  }

  package var tableCells: [String] {
    [
      id.description, byteCount.map { "\(ByteSize($0))" } ?? "?", minute(of: createdAt),
      metadata.relativePath ?? originalName,
    ]
  }

  // MARK: CSV

  package static let csvHeader = [
    "id", "storage_path", "original_name", "mime_type", "size_bytes", "file_type", "created_at", "bucket", "sha256",
    "continuation_id", "relative_path", "expires_at", "metadata",
  ]

  package var csvFields: [String?] {
    [
      id.description, storagePath, originalName, mediaType, byteCount.map { String($0) }, type.rawValue, createdAt,
      bucket, metadata.sha256, metadata.continuationID, metadata.relativePath, metadata.expiresAt,
      JSONDocument(metadata.json).line,
    ]
  }
}

/// A time of the database's as people read it, in UTC: `2026-12-31 10:00`.
package func minute(of time: String?) -> String {
  guard let time else { return "?" }
  return Timestamp(time).map { String($0.description.prefix(16)).replacing("T", with: " ") } ?? time
}
