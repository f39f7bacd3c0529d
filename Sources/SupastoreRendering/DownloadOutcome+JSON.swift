package import StorageCore
package import SupastoreShell

extension DownloadedFile {
  /// One line of `--json`; of one that went to a sink there is none.
  package var json: JSONDocument {
    [
      "type": "download", "status": "downloaded", "id": .string(row.id.description), "bucket": .string(row.bucket),
      "storage_path": .string(row.storagePath), "original_name": .string(row.originalName),
      "path": JSONDocument(path.map { $0.string ?? $0.description }),
      "path_base64": JSONDocument(path?.base64UnlessUTF8),
      "size_bytes": JSONDocument(byteCount), "sha256": .string(sha256), "verified": .bool(isVerified),
      "source": .string(source.rawValue),
      "range": part.map { ["offset": JSONDocument($0.range.lowerBound), "total": JSONDocument($0.total)] } ?? .null,
      "error": .null,
    ]
  }
}

extension FileReference {
  /// One line of `--json` for a download of several that failed.
  package func json(failedWith error: StorageError) -> JSONDocument {
    var (id, path): (String?, String?)
    switch self {
    case .id(let fileID): id = fileID.description
    case .storagePath(let storagePath): path = storagePath
    }
    return [
      "type": "download", "status": "failed", "id": JSONDocument(id), "bucket": .null,
      "storage_path": JSONDocument(path),
      "original_name": .null, "path": .null, "path_base64": .null, "size_bytes": .null, "sha256": .null,
      "verified": false, "source": .null, "range": .null, "error": error.json,
    ]
  }
}
