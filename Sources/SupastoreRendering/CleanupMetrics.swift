package import StorageCore
package import SupastoreShell

/// What a cleanup tells to monitoring; docs/operations.md describes each gauge.
package struct CleanupMetrics {
  package let applies: Bool
  package let status: ExitStatus
  /// The end of the run and its length, by the clocks of this machine.
  package let endedAt: Timestamp
  package let duration: Duration
  /// Nil when it could not begin.
  package let summary: CleanupSummary?

  package init(applies: Bool, status: ExitStatus, endedAt: Timestamp, duration: Duration, summary: CleanupSummary?) {
    self.applies = applies
    self.status = status
    self.endedAt = endedAt
    self.duration = duration
    self.summary = summary
  }

  private static let prefix = "supastore_cleanup"
  private static let lastSuccess = "last_success_timestamp_seconds"
  /// More than any file of this kind has.
  private static let sizeLimit = 64 * 1024

  /// Replaces the file; the time of the last success is kept when this run is none.
  package func write(to path: LocalPath) throws(FileError) {
    let old = path.content(upTo: Self.sizeLimit).flatMap {
      Gauges.integer("\(Self.prefix)_\(Self.lastSuccess)", in: $0)
    }
    try path.replaceContent(with: Array(text(for: path, lastSuccess: old).utf8), mode: 0o644)
  }

  /// - Parameter lastSuccess: of the runs before this one, in seconds since 1970.
  func text(for path: LocalPath, lastSuccess: Int64?) -> String {
    let now = endedAt.microseconds / 1_000_000
    // One from the future would hide every failure until then.
    let earlier = lastSuccess.flatMap { (0...now).contains($0) ? $0 : nil } ?? 0
    var gauges = Gauges(prefix: Self.prefix, in: path)
    gauges.add("last_run_timestamp_seconds", "When the last run ended.", now)
    gauges.add(
      Self.lastSuccess, "When the last run with exit status 0 ended; 0 when there was none.",
      status == .done ? now : earlier)
    gauges.add("duration_seconds", "How long the last run took.", duration / .seconds(1))
    gauges.add("exit_code", "The exit status of the last run.", status.rawValue)
    gauges.add("applied", "Whether the last run was to remove anything: 0 after a dry run.", applies ? 1 : 0)
    let refused = Set(summary?.safeguards ?? [])
    gauges.add(
      "refusals", "Which safeguards refused the last run, or would have refused to remove anything.", by: "safeguard",
      Safeguard.allCases.filter { $0 != .linkedElsewhere }.map { ($0.rawValue, refused.contains($0) ? 1 : 0) })
    if let summary { Self.add(summary, to: &gauges) }
    return gauges.text
  }

  private static func add(_ summary: CleanupSummary, to gauges: inout Gauges) {
    let found = CleanupClass.allCases.map { ($0.rawValue, summary.found[$0] ?? CleanupAmount()) }
    gauges.add("found", "What the last run found, by class.", by: "class", found.map { ($0, Int64($1.count)) })
    gauges.add("found_bytes", "The same in bytes.", by: "class", found.map { ($0, $1.byteCount) })
    let done = Removal.Status.allCases.map { ($0.rawValue, summary.done[$0] ?? CleanupAmount()) }
    gauges.add("removals", "What became of it, by status.", by: "status", done.map { ($0, Int64($1.count)) })
    gauges.add("removal_bytes", "The same in bytes.", by: "status", done.map { ($0, $1.byteCount) })
    gauges.add("requests", "Requests that the last run sent.", summary.requestCount)
    guard let survey = summary.survey else { return }
    gauges.add("files", "Rows of files that the last run saw.", survey.fileCount)
    gauges.add("links", "Links between files and conversations that it saw.", survey.linkCount)
    gauges.add("conversations", "Conversations that it saw.", survey.conversationCount)
  }
}
