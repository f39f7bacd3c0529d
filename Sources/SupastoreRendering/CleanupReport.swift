internal import CommandTable
package import StorageCore
package import SupastoreShell
internal import Synchronization

/// Tells what a cleanup finds and does.
package final class CleanupReport: Sendable {
  private let console: Console
  private let applies: Bool
  private let table: StreamedTable
  /// Ages count from here: the project's own time is not known before its first answer.
  private let now = Timestamp.now
  private let stop: StopSignal
  private let state = Mutex<(hasHeader: Bool, broken: OutputError?)>((false, nil))

  package init(_ console: Console, applies: Bool, stop: StopSignal) {
    self.console = console
    self.applies = applies
    self.stop = stop
    table = Removal.table(width: console.tableWidth)
  }

  package func show(_ removal: Removal) {
    do throws(OutputError) {
      try print(removal)
    } catch {
      state.withLock { $0.broken = $0.broken ?? error }
      stop.raise()
    }
  }

  private func print(_ removal: Removal) throws(OutputError) {
    if console.isJSON { return try console.result(removal.json(at: now)) }
    if let error = removal.error {
      return console.warning("\(removal.subject): \(error.message)", hint: error.hint)
    }
    guard applies else {
      let isFirst = state.withLock { state in
        defer { state.hasHeader = true }
        return !state.hasHeader
      }
      if isFirst { try console.result(table.header) }
      return try console.result(table.line(removal.tableCells(at: now)))
    }
    console.detail("\(removal.status.rawValue) \(removal.kind?.noun ?? ""): \(removal.subject)")
  }

  /// Ends the report.
  package func show(_ summary: CleanupSummary, of project: OpenProject) throws(OutputError) {
    if let error = state.withLock({ $0.broken }) { throw error }
    if let error = summary.endedBy, error.code != .interrupted { console.error(ErrorReport(error)) }
    for refusal in summary.refusals where refusal != summary.endedBy {
      console.warning(
        summary.applies ? refusal.message : "--apply would remove nothing: \(refusal.message)", hint: refusal.hint)
    }
    if let missing = summary.found[.missing], missing.count > 0 {
      console.warning(
        "\(missing.count == 1 ? "1 row has" : "\(missing.count) rows have") no object; such a row is never removed",
        hint: "'supastore verify' shows them, and 'supastore verify --repair' sends what it can find")
    }
    if console.isJSON {
      try console.result(summary.json + project.origin)
    } else {
      try console.result(summary.line)
    }
  }
}

extension CleanupSummary {
  fileprivate var json: JSONDocument {
    func amount(_ amount: CleanupAmount?) -> JSONDocument {
      ["count": JSONDocument(amount?.count ?? 0), "size_bytes": JSONDocument(amount?.byteCount ?? 0)]
    }
    let found = CleanupClass.allCases.map { JSONDocument.Member(name: $0.rawValue, value: amount(self.found[$0])) }
    let done = Removal.Status.allCases.map { JSONDocument.Member(name: $0.rawValue, value: amount(self.done[$0])) }
    return [
      "type": "cleanup", "run_id": .string(run.runText), "applied": .bool(applies),
      "found": .object(found), "done": .object(done),
      "refused_by": .array(safeguards.map { .string($0.rawValue) }),
      "files": JSONDocument(survey?.fileCount), "links": JSONDocument(survey?.linkCount),
      "conversations": JSONDocument(survey?.conversationCount), "requests": JSONDocument(requestCount),
      "seconds": .number(duration / .seconds(1)), "error": endedBy.map(\.json) ?? .null,
    ]
  }

  /// For people.
  fileprivate var line: String {
    var parts: [String] = []
    var byteCount: Int64 = 0
    for status in [Removal.Status.trashed, .purged, .kept, .failed] {
      guard let amount = done[status], amount.count > 0 else { continue }
      parts.append("\(amount.count) \(status.rawValue)")
      if [.trashed, .purged].contains(status) { byteCount.add(amount.byteCount) }
    }
    let hasDone = !parts.isEmpty
    if !hasDone, !applies || endedBy != nil {
      for kind in CleanupClass.allCases {
        guard let amount = found[kind], amount.count > 0 else { continue }
        parts.append(kind.phrase(amount.count))
        if kind != .missing { byteCount.add(amount.byteCount) }
      }
    }
    if !parts.isEmpty, !hasDone { parts.append("nothing was removed") }
    if let endedBy, endedBy.code != .guarded || hasDone { parts.append("not finished") }
    if parts.isEmpty { parts = ["nothing to clean up"] }
    return "\(parts.joined(separator: ", ")); \(ByteSize(byteCount)), \(requestCount) requests, \(duration.brief)"
  }
}

extension ExitStatus {
  /// How a cleanup ends. What it only reports changes nothing.
  package static func of(_ summary: CleanupSummary, _ signal: ExitStatus?) -> ExitStatus {
    let succeeded = [Removal.Status.trashed, .purged].map { summary.done[$0]?.count ?? 0 }.reduce(0, +)
    let items = ofItems(
      succeeded: succeeded, failures: summary.failures.keys.map { ExitStatus(StorageError($0, "")) })
    return ofRun([signal ?? .done, summary.endedBy.map { ExitStatus($0) } ?? .done, items])
  }
}
