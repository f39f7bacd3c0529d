internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell
internal import Synchronization

/// `supastore sync`
enum SyncCommand {
  static let dryRun = Flag("dry-run", short: "n", help: "Show what waits and what is parked, and send nothing.")
  static let watch = Flag("watch", help: "Go on, and send what comes to wait, until a signal ends it.")
  static let retryParked = Flag("retry-parked", help: "Try again what was refused for good.")
  static let jobs = MigrateCommand.jobs
  static let verify = MigrateCommand.verify

  static let declaration = Declaration(
    "sync", abstract: "Send to Supabase what waits in the local store",
    discussion: """
      What was stored while Supabase was down, or before it was configured, waits in the local store. Each file gets its \
      object, its proof, its row and its links, as if it had been stored there at once. Nothing is taken out of the local \
      store.

      May be ended at any moment and run again: what is there already is found. What Supabase refuses for good is parked: \
      it is shown by --dry-run and by 'supastore status', never dropped, and tried again with --retry-parked.

      The exit status is 9 while something still waits or is parked. One sync runs at a time.
      """,
    examples: [
      Example("supastore sync", "Send everything that waits"),
      Example("supastore sync --dry-run", "See what waits, and what was refused and why"),
      Example("supastore sync --watch --quiet", "Run as a service"),
    ],
    dryRun, watch, retryParked, jobs, verify)

  /// How often a watching sync looks for something new.
  private static let lookEvery = Duration.seconds(2)
  private static let longestPause = Duration.seconds(60)
}

extension SyncCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    if arguments[dryRun], arguments[watch] || arguments[retryParked] {
      throw UsageError("--dry-run changes nothing and ends at once", hint: "leave the other flag out")
    }
    let configuration = try context.configuration(arguments)
    let settings = try ProjectSettings(configuration)
    try settings.checkRole()
    var options = SyncOptions()
    options.jobs = arguments[jobs] ?? configuration.jobs ?? options.jobs
    options.verification = arguments[verify]
    return try await context.withOpen(settings, configuration) { [options] project in
      let report = SyncReport(console: context.console, project: project)
      if arguments[dryRun] {
        guard let outbox = try Outbox(of: project) else { return try report.nothingWaits() }
        return try await report.show(waitingIn: outbox)
      }
      return try await Interruption.caught(on: context.console) { interruption in
        if arguments[watch] {
          return try await watch(project, arguments[retryParked], options, report, interruption)
        }
        guard let outbox = try Outbox(of: project) else { return try report.nothingWaits() }
        let lock = try outbox.lock()
        defer { withExtendedLifetime(lock) {} }
        if arguments[retryParked] { _ = try await outbox.retryParked() }
        let summary = try await send(outbox, options, report, interruption)
        return .of(summary, interruption.status)
      }
    }
  }

  private static func send(
    _ outbox: Outbox, _ options: SyncOptions, _ report: SyncReport, _ interruption: Interruption,
    isWatching: Bool = false
  ) async throws -> SyncSummary {
    let broken = Mutex<OutputError?>(nil)
    let meter = ProgressMeter()
    let summary = await report.console.showingProgress(of: meter) {
      await outbox.send(options, stop: interruption.stop, meter: meter) { item in
        do throws(OutputError) {
          try report.show(item)
        } catch {
          broken.withLock { $0 = error }
          interruption.stop.raise()
        }
      }
    }
    if let error = broken.withLock({ $0 }) { throw error }
    // One that watches says nothing of a pass in which nothing could be done.
    if !isWatching || !summary.counts.isEmpty || summary.endedBy != nil { try report.show(summary) }
    return summary
  }

  /// Sends whenever something waits; after a pass that left something waiting later and later.
  private static func watch(
    _ project: OpenProject, _ retriesParked: Bool, _ options: SyncOptions, _ report: SyncReport,
    _ interruption: Interruption
  ) async throws -> ExitStatus {
    while true {
      if let outbox = try Outbox(of: project) {
        let lock = try outbox.lock()
        defer { withExtendedLifetime(lock) {} }
        if retriesParked { _ = try await outbox.retryParked() }
        return try await watch(outbox, options, report, interruption)
      }
      // Nothing was ever kept on this machine.
      guard await interruption.stop.sleep(for: lookEvery) else { return interruption.status ?? .done }
    }
  }

  private static func watch(
    _ outbox: Outbox, _ options: SyncOptions, _ report: SyncReport, _ interruption: Interruption
  ) async throws -> ExitStatus {
    var pause = lookEvery
    repeat {
      guard try await outbox.backlog().waitingCount > 0 else {
        pause = lookEvery
        continue
      }
      let summary = try await send(outbox, options, report, interruption, isWatching: true)
      if let error = summary.endedBy, ![.unreachable, .interrupted].contains(error.code) {
        return .of(summary, interruption.status)
      }
      pause = summary.backlog.waitingCount > 0 ? min(pause * 2, longestPause) : lookEvery
    } while await interruption.stop.sleep(for: pause)
    return interruption.status ?? .done
  }
}
