internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell
internal import Synchronization

/// `supastore cleanup`
enum CleanupCommand {
  static let apply = Flag("apply", help: "Remove what is found. Without it nothing is changed.")
  static let grace = Option<Duration>(
    "grace", default: .seconds(7 * 86_400),
    help: "Spare what is younger: files without a link, and objects without a row.")
  static let expired = Flag("expired", help: "Also files whose time is over (see upload --expires), linked or not.")
  static let purgeAfter = Option<Duration>(
    "purge-after", default: .seconds(30 * 86_400), help: "Keep what is in the trash at least that long.")
  static let maxDelete = Option<Int>(
    "max-delete", limit: .within(0...10_000_000), default: 100,
    help: "Remove nothing if more than N things were to be trashed, or to be purged.")
  static let maxDeletePercent = Option<Int>(
    "max-delete-percent", limit: .within(0...100), default: 10,
    help: "Remove nothing if more than N percent of all rows, rounded up, were to be trashed.")
  static let maxDeleteBytes = Option<ByteSize>(
    "max-delete-bytes", default: ByteSize(1 << 30),
    help: "Remove nothing if more than SIZE were to be trashed, or to be purged.")
  static let maxRuntime = Option<Duration?>(
    "max-runtime", help: "Stop after this time; the next run goes on. The exit status is then 10.")
  static let metrics = Option<LocalPath?>(
    "metrics", help: "Write to FILE how it went, for node_exporter's textfile collector. Also when it fails.")

  static let declaration = Declaration(
    "cleanup", abstract: "Find what nobody refers to any more, and with --apply remove it",
    discussion: """
      Finds files that are linked to no conversation, files whose time is over, objects of supastore's that no row \
      describes, and what is in the trash for long enough. Rows without an object are shown, and never removed.

      With --apply files and objects go into the trash, from where 'supastore trash restore' brings them back; what is \
      long enough in the trash is deleted for good. The database decides about each one at the moment it is removed: one \
      that was linked meanwhile stays. Several cleanups at once are safe.

      Safeguards refuse the whole run with exit status 7 and their names: max_delete, max_delete_percent, \
      max_delete_bytes, no_links, no_conversations, rls, foreign_key, trigger, isolation, \
      not_installed, scan.

      Removing needs version 2 of the schema (supastore schema). Everything that is removed is written down before, in \
      the database and in removals-YYYY-MM.ndjson in the state directory.

      docs/operations.md has a cron line, units for systemd, alerts, and what to do when a safeguard refuses.
      """,
    examples: [
      Example("supastore cleanup", "See what would be removed, and why"),
      Example("supastore cleanup --apply", "Remove it"),
      Example("supastore cleanup --apply --expired --max-runtime 50m --quiet", "From cron, each hour"),
    ],
    apply, grace, expired, purgeAfter, maxDelete, maxDeletePercent, maxDeleteBytes, maxRuntime,
    metrics)
}

extension CleanupCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let summary = Mutex<CleanupSummary?>(nil)
    func clean() async throws -> ExitStatus {
      try await self.clean(arguments, in: context) { ended in summary.withLock { $0 = ended } }
    }
    guard let path = arguments[metrics] else { return try await clean() }
    let start = ContinuousClock.now
    var status: ExitStatus
    var end: (any Error)?
    do {
      status = try await clean()
    } catch {
      (status, end) = (ErrorReport(error).status, error)
    }
    let metrics = CleanupMetrics(
      applies: arguments[apply], status: status, endedAt: .now, duration: start.duration(to: .now),
      summary: summary.withLock { $0 })
    do throws(FileError) {
      try metrics.write(to: path)
    } catch {
      context.console.warning(
        "the metrics are not written: \(error)", hint: "whatever was to be removed is not affected by that")
      status = .ofRun([status, .failed])
    }
    if let end { throw end }
    return status
  }

  /// - Parameter ended: gets what was done, also when that cannot be printed.
  private static func clean(
    _ arguments: Arguments, in context: CommandContext, _ ended: @Sendable (CleanupSummary) -> Void
  ) async throws -> ExitStatus {
    let applies = arguments[apply]
    var options = CleanupOptions()
    options.grace = arguments[grace]
    options.includesExpired = arguments[expired]
    options.purgeAfter = arguments[purgeAfter]
    options.limits.count = arguments[maxDelete]
    options.limits.percent = arguments[maxDeletePercent]
    options.limits.byteCount = arguments[maxDeleteBytes].byteCount
    options.deadline = arguments[maxRuntime].map { .now + $0 }
    return try await context.withProject(context.configuration(arguments)) { [options] project in
      try await Interruption.caught(on: context.console) { interruption in
        let report = CleanupReport(context.console, applies: applies, stop: interruption.stop)
        let summary = try await project.cleanUp(options, applying: applies, stop: interruption.stop) { report.show($0) }
        ended(summary)
        if applies { context.console.remember(PastRun("cleanup", summary), of: project) }
        try report.show(summary, of: project)
        return .of(summary, interruption.status)
      }
    }
  }
}
