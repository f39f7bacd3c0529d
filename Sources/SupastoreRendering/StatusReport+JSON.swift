package import StorageCore
package import SupastoreShell

extension StatusReport {
  /// The whole of `--json`.
  package func json(_ configuration: Configuration, _ warnings: [Warning]) -> JSONDocument {
    let local = try? local?.get()
    let usage = try? usage?.get()
    return [
      "type": "status", "url": JSONDocument(projectURL), "outage": outage.map(\.json) ?? .null,
      "waiting": local.map(\.waiting) ?? .null, "local": local.map(\.json) ?? .null,
      "local_error": error(of: self.local), "cache": cacheJSON(configuration), "usage": usage.map(\.json) ?? .null,
      "usage_error": error(of: self.usage), "quota": JSONDocument(quota),
      "runs": (try? runs.get()).map { .array($0.map(\.json)) } ?? .null, "warnings": .array(warnings.map(\.json)),
    ] + .origin(mode, backend)
  }

  private func error(of result: Result<some Any, StorageError>?) -> JSONDocument {
    if case .failure(let error)? = result { error.json } else { .null }
  }

  private func cacheJSON(_ configuration: Configuration) -> JSONDocument {
    guard let cache else { return .null }
    return [
      "files": JSONDocument(cache.fileCount), "bytes": JSONDocument(cache.byteCount),
      "limit": JSONDocument(configuration.cacheByteLimit),
    ]
  }
}

extension StatusReport.KnownOutage {
  fileprivate var json: JSONDocument { ["message": .string(message), "seconds": JSONDocument(seconds)] }
}

extension LocalStatus {
  fileprivate var json: JSONDocument {
    [
      "path": .string(path.string ?? path.description), "files": JSONDocument(fileCount),
      "blobs": JSONDocument(blobCount), "bytes": JSONDocument(byteCount),
    ]
  }

  fileprivate var waiting: JSONDocument {
    let counts = OutboxItem.Kind.allCases.map { kind in
      JSONDocument.Member(name: kind.plural, value: JSONDocument(backlog.waiting[kind] ?? 0))
    }
    return ["items": JSONDocument(backlog.waitingCount)] + .object(counts) + [
      "bytes": JSONDocument(backlog.byteCount), "oldest": JSONDocument(backlog.oldest),
      "parked": JSONDocument(backlog.parkedCount), "parked_items": .array(parked.map(\.json)),
      "for_others": JSONDocument(backlog.otherCount),
    ]
  }
}

extension OutboxItem {
  fileprivate var json: JSONDocument {
    [
      "item": .string(change.kind.rawValue), "id": JSONDocument(change.fileID?.description),
      "continuation_id": JSONDocument(change.continuationID), "message_id": JSONDocument(change.messageID),
      "attempts": JSONDocument(attempts), "created_at": .string(createdAt), "error": error.map(\.json) ?? .null,
    ]
  }
}

extension Usage {
  fileprivate var json: JSONDocument {
    [
      "files": JSONDocument(total.fileCount), "bytes": JSONDocument(total.byteCount),
      "kinds": .array(
        entries.map { kind, amount in
          [
            "bucket": JSONDocument(kind.bucket), "file_type": .string(kind.fileType),
            "files": JSONDocument(amount.fileCount), "bytes": JSONDocument(amount.byteCount),
          ]
        }),
    ]
  }
}

extension PastRun {
  fileprivate var json: JSONDocument {
    let counts = FileOutcome.Status.allCases.map { status in
      JSONDocument.Member(name: status.rawValue, value: JSONDocument(self.counts[status] ?? 0))
    }
    let removals = Self.removalStatuses.map { status in
      JSONDocument.Member(name: status.rawValue, value: JSONDocument(self.removals[status] ?? 0))
    }
    return [
      "command": .string(command), "started_at": .string(startedAt.description),
      "ended_at": .string(endedAt.description), "seconds": .number(duration / .seconds(1)),
    ] + .object(counts) + .object(removals) + [
      "bytes": JSONDocument(byteCount), "sent_bytes": JSONDocument(sentByteCount),
      "error_code": JSONDocument(errorCode),
    ]
  }
}
