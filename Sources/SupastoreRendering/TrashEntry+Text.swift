internal import CommandTable
package import StorageCore
package import SupastoreShell

extension TrashEntry {
  package var json: JSONDocument {
    [
      "type": "trash-entry", "state": .string(state.rawValue), "rule": .string(rule.rawValue),
      "run_id": .string(run.runText), "id": JSONDocument(fileID?.description),
      "bucket": .string(object.bucket), "storage_path": .string(object.key),
      "original_name": JSONDocument(originalName), "size_bytes": JSONDocument(byteCount),
      "sha256": JSONDocument(sha256), "conversations": .array(conversations.map { .string($0) }),
      "continuation_id": JSONDocument(continuationID), "trashed_at": .string(trashedAt),
      "claimed_at": JSONDocument(claimedAt), "purged_at": JSONDocument(purgedAt),
      "row": file.map { JSONDocument($0) } ?? .null,
    ]
  }

  // MARK: A table for people

  package static func table(width: Int?) -> StreamedTable {
    StreamedTable(
      [
        .init(title: "ID", width: 36), .init(title: "SIZE", width: 8, alignsRight: true, canBeMissed: true),
        .init(title: "TRASHED (UTC)", width: 16, canBeMissed: true),
        .init(title: "WHY", width: 12, canBeMissed: true), .init(title: "PATH"),
      ], width: width)
  }

  package var tableCells: [String] {
    [
      fileID?.description ?? "-", byteCount.map { "\(ByteSize($0))" } ?? "?", minute(of: trashedAt),
      state == .trashed ? rule.rawValue : state.rawValue, object.key,
    ]
  }
}

extension Restoration {
  package var json: JSONDocument {
    [
      "type": "restoration", "status": .string(result.rawValue), "id": JSONDocument(fileID?.description),
      "bucket": .string(object.bucket), "storage_path": .string(object.key), "links": JSONDocument(linkCount),
      "has_object": .bool(hasObject), "error": error.map(\.json) ?? .null,
    ]
  }

  /// Why it is not back, or only its row is.
  package var error: StorageError? {
    switch result {
    case .restored where failure != nil: failure
    case .restored where !hasObject:
      StorageError(
        .objectMissing, "its row is back, and the service has no bytes of its object",
        hint: "store it again from where it came from")
    case .restored: nil
    case .taken:
      StorageError(
        .conflict, "another row has its path or its id by now", hint: "look at it with `supastore info \(object.key)`")
    case .purging, .purged:
      StorageError(.notFound, "it is \(result.rawValue): its object is deleted", hint: "store the file again")
    case .absent: StorageError(.notFound, "it is not in the trash any more")
    }
  }
}
