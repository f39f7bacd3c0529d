internal import CommandTable
package import StorageCore
package import SupastoreShell

/// Tells what becomes of what waits.
package struct SyncReport: Sendable {
  package let console: Console
  package let project: OpenProject

  package init(console: Console, project: OpenProject) {
    self.console = console
    self.project = project
  }

  package func nothingWaits() throws(OutputError) -> ExitStatus {
    try show(SyncSummary())
    return .done
  }

  /// Lists what waits and what is parked, without sending anything.
  package func show(waitingIn outbox: Outbox) async throws -> ExitStatus {
    for isParked in [false, true] {
      for kind in OutboxItem.Kind.allCases {
        var seq: Int64 = 0
        while true {
          let items = try await outbox.items(kind, parked: isParked, after: seq)
          guard let last = items.last else { break }
          for item in items {
            let file: FileRow? = if case .file(let id) = item.change { try await outbox.file(id) } else { nil }
            if console.isJSON {
              try console.result(item.json(isParked ? .parked : .waiting, file?.storagePath, file?.byteCount))
            } else {
              try console.result(item.line(file?.storagePath))
            }
          }
          seq = last.seq
        }
      }
    }
    var summary = SyncSummary()
    summary.backlog = try await outbox.backlog()
    try show(summary)
    return .of(summary, nil)
  }

  package func show(_ result: SyncedItem) throws(OutputError) {
    if console.isJSON {
      return try console.result(
        result.item.json(result.status, result.file?.storagePath, result.file?.byteCount, result.error))
    }
    guard let error = result.error else {
      return console.detail("sent \(result.item.change.subject(result.file?.storagePath))")
    }
    console.warning(
      "\(result.status.rawValue) \(result.item.change.subject(result.file?.storagePath)): \(error.message)",
      hint: error.hint)
  }

  /// Ends the report.
  package func show(_ summary: SyncSummary) throws(OutputError) {
    if let error = summary.endedBy, error.code != .interrupted { console.error(ErrorReport(error)) }
    if summary.backlog.parkedCount > 0 {
      console.warning(
        "\(summary.backlog.parkedCount) parked: Supabase refused them for good",
        hint: "'supastore sync --dry-run' says why; 'supastore sync --retry-parked' tries them again")
    }
    if summary.backlog.otherCount > 0 {
      console.note("\(summary.backlog.otherCount) more wait for other projects")
    }
    if !summary.files.isEmpty || summary.endedBy != nil { console.remember(PastRun("sync", summary), of: project) }
    if console.isJSON {
      try console.result(summary.json + project.origin)
    } else {
      try console.result(summary.line)
    }
  }
}

extension OutboxItem {
  fileprivate func json(
    _ status: SyncedItem.Status, _ storagePath: String?, _ byteCount: Int64?, _ error: StorageError? = nil
  ) -> JSONDocument {
    [
      "type": "item", "kind": .string(change.kind.rawValue), "status": .string(status.rawValue),
      "id": JSONDocument(change.fileID?.description), "storage_path": JSONDocument(storagePath),
      "size_bytes": JSONDocument(byteCount), "continuation_id": JSONDocument(change.continuationID),
      "message_id": JSONDocument(change.messageID), "queued_at": .string(createdAt),
      "error": (error ?? self.error).map(\.json) ?? .null,
    ]
  }

  /// For people, of one that waits or is parked.
  fileprivate func line(_ storagePath: String?) -> String {
    let line = "\(isParked ? "parked" : "waiting") \(change.subject(storagePath))"
    return error.map { "\(line): \($0.message)" } ?? line
  }
}

extension OutboxItem.Change {
  fileprivate func subject(_ storagePath: String?) -> String {
    switch self {
    case .conversation(let id): "conversation \(id)"
    case .file(let id): "file \(id)\(storagePath.map { " \($0)" } ?? "")"
    case .link(let id, let conversation): "link of \(id) to \(conversation)"
    case .unlink(let id, let conversation): "end of the link of \(id) to \(conversation)"
    case .message(let id): "message \(id)"
    }
  }
}

extension SyncSummary {
  fileprivate var json: JSONDocument {
    [
      "type": "summary", "sent": JSONDocument(counts[.sent] ?? 0), "waiting": JSONDocument(backlog.waitingCount),
      "parked": JSONDocument(backlog.parkedCount), "other_projects": JSONDocument(backlog.otherCount),
      "bytes": JSONDocument(byteCount), "requests": JSONDocument(requestCount),
      "seconds": .number(duration / .seconds(1)), "error": endedBy.map(\.json) ?? .null,
    ]
  }

  /// For people.
  fileprivate var line: String {
    let sent = counts[.sent] ?? 0
    if sent == 0, backlog.waitingCount == 0, backlog.parkedCount == 0, failures.isEmpty { return "nothing waits" }
    var parts = ["\(sent) sent"]
    if backlog.waitingCount > 0 { parts.append("\(backlog.waitingCount) waiting") }
    if backlog.parkedCount > 0 { parts.append("\(backlog.parkedCount) parked") }
    return "\(parts.joined(separator: ", ")); \(ByteSize(byteCount)), \(requestCount) requests, \(duration.brief)"
  }
}

extension ExitStatus {
  /// How a pass over what waits ends: by a signal, by what ended it early, by what was refused, or with 9 while
  /// something is left.
  package static func of(_ summary: SyncSummary, _ signal: ExitStatus?) -> ExitStatus {
    // What the service is down for is safe here, and tried again.
    let failures = summary.failures.keys.filter { $0 != .unreachable && $0 != .interrupted }
    let items = ofItems(
      succeeded: summary.counts[.sent] ?? 0, failures: failures.map { ExitStatus(StorageError($0, "")) })
    let end = summary.endedBy.map { $0.code == .unreachable ? .keptLocally : ExitStatus($0) } ?? .done
    let isLeft = summary.backlog.waitingCount + summary.backlog.parkedCount > 0
    return ofRun([signal ?? .done, end, items, isLeft ? .keptLocally : .done])
  }
}
