internal import CommandTable
package import StorageCore
package import SupastoreShell

extension FileOutcome {
  /// One line of `--json`.
  package var json: JSONDocument {
    [
      "type": "file", "status": .string(status.rawValue), "path": .string(path.string ?? path.description),
      "path_base64": JSONDocument(path.base64UnlessUTF8),
      "id": JSONDocument(id?.description), "bucket": JSONDocument(bucket), "storage_path": JSONDocument(storagePath),
      "original_name": .string(originalName), "mime_type": JSONDocument(mediaType),
      "size_bytes": JSONDocument(byteCount),
      "sha256": JSONDocument(sha256), "continuation_id": JSONDocument(continuationID),
      "conversation_id": JSONDocument(conversation?.id), "updated": .array(updatedKeys.map { .string($0) }),
      "reason": JSONDocument(reason),
      "error": error.map(\.json) ?? .null,
    ]
  }

  /// What a person is told of a file that was stored, or was there.
  var result: String {
    let place = "\(status.rawValue) \(id?.description ?? "") \(storagePath ?? "")"
    return updatedKeys.isEmpty ? place : "\(place), updated: \(updatedKeys.joined(separator: ", "))"
  }

  /// One line for people; nil for what needs none.
  package var line: String? {
    switch status {
    case .failed, .changed: "\(status.rawValue) \(path): \(error?.message ?? "")"
    case .skipped: "skipped \(path): \(reason ?? "")"
    case .stored, .unchanged, .queued: nil
    }
  }
}

extension MigrationSummary {
  /// The last line of `--json`.
  package func json(of project: OpenProject) -> JSONDocument {
    var members: [JSONDocument.Member] = [
      .init(name: "type", value: "summary"), .init(name: "scanned", value: JSONDocument(scanned)),
    ]
    for status in FileOutcome.Status.allCases {
      members.append(.init(name: status.rawValue, value: JSONDocument(counts[status] ?? 0)))
    }
    members += [
      .init(name: "trusted", value: JSONDocument(trustedCount)),
      .init(name: "bytes", value: JSONDocument(byteCount)), .init(name: "requests", value: JSONDocument(requestCount)),
      .init(name: "seconds", value: .number(duration / .seconds(1))),
      .init(name: "error", value: endedBy.map(\.json) ?? .null),
      .init(name: "outage", value: outage.map(\.json) ?? .null),
    ]
    // Where the files are; of those that are in both places, Supabase.
    let isKept = counts[.queued, default: 0] > 0 && counts[.stored] == nil && counts[.unchanged] == nil
    return .object(members) + project.origin(after: isKept ? outage : nil)
  }

  /// For people.
  package var line: String {
    let parts = FileOutcome.Status.allCases.compactMap { status in
      counts[status].map { "\($0) \(status.rawValue)" }
    }
    return
      "\(scanned) files: \(parts.isEmpty ? (endedBy == nil ? "nothing to do" : "stopped before the first") : parts.joined(separator: ", ")); "
      + "\(ByteSize(byteCount)), \(requestCount) requests, \(duration.brief)"
      + (trustedCount > 0 ? "; of \(trustedCount) no byte was asked for (--trust-listing)" : "")
  }
}

extension Console {
  /// Says how many files of a run wait in the local store, and why.
  package func noteQueued(in summary: MigrationSummary) {
    guard let count = summary.counts[.queued], let outage = summary.outage else { return }
    noteKept("\(count) \(count == 1 ? "file is" : "files are") kept", because: outage)
  }
}

extension ExitStatus {
  /// How a run ends: by a signal, by what ended it early, or by its files.
  package static func of(_ summary: MigrationSummary, _ signal: ExitStatus?) -> ExitStatus {
    let succeeded = FileOutcome.Status.allCases.filter { [.stored, .unchanged, .queued].contains($0) }
      .reduce(0) { $0 + (summary.counts[$1] ?? 0) }
    let failures = summary.failures.keys.map { ExitStatus(StorageError($0, "")) }
    // What the time limit cut off says nothing against what was done before.
    let items =
      failures.allSatisfy { $0 == .timeIsUp }
      ? failures.first ?? .done : ofItems(succeeded: succeeded, failures: failures)
    let end = summary.endedBy.map { ExitStatus($0) } ?? .done
    let kept: ExitStatus = (summary.counts[.queued] ?? 0) > 0 ? .keptLocally : .done
    return ofRun([signal ?? .done, end, items, kept])
  }
}
