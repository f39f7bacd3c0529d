package import StorageCore

/// How the program ends. The numbers are part of the interface: scripts rely on them.
package enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case failed = 1
  case usage = 2
  case someFailed = 3
  case notFound = 4
  case denied = 5
  case unreachable = 6
  case refused = 7
  case different = 8
  case keptLocally = 9
  case timeIsUp = 10
  case locked = 11
  case damaged = 12
  case interrupted = 130
  case terminated = 143

  package var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "failed; also when the reader of the output goes away early"
    case .usage: "the command line or the configuration is wrong"
    case .someFailed: "some items failed, the rest is done"
    case .notFound: "not found"
    case .denied: "denied: the key, a policy of the database, or TLS"
    case .unreachable: "the service cannot be reached, and nothing was kept locally"
    case .refused: "a safety guard or a limit refused"
    case .different: "a check found differences, or content is not what its digest says"
    case .keptLocally: "kept safely in the local store, waiting for Supabase"
    case .timeIsUp: "the time limit was reached, progress is kept"
    case .locked: "another run holds the lock"
    case .damaged: "the local state is damaged"
    case .interrupted: "interrupted (SIGINT), progress is kept"
    case .terminated: "terminated (SIGTERM), progress is kept"
    }
  }
}

extension ExitStatus {
  /// The status of a command that ends with `error`, and of an item that fails with it.
  package init(_ error: StorageError) {
    self =
      switch error.code {
      case .unreachable: .unreachable
      case .denied: .denied
      case .notFound, .objectMissing: .notFound
      case .conflict, .tooLarge, .sensitive, .guarded: .refused
      case .integrity: .different
      case .configuration: .usage
      case .setup, .rejected, .unexpectedAnswer, .changed, .unreadable, .unwritable, .purging: .failed
      case .locked: .locked
      case .damaged: .damaged
      case .interrupted: .interrupted
      case .deadline: .timeIsUp
      }
  }

  /// From what says most about a run to what says least.
  private static let byWeight: [ExitStatus] = [
    .terminated, .interrupted, .damaged, .locked, .usage, .refused, .denied, .unreachable, .failed, .someFailed,
    .notFound, .different, .timeIsUp, .keptLocally, .done,
  ]

  /// The status of a run to which several apply.
  package static func ofRun(_ statuses: some Sequence<ExitStatus>) -> ExitStatus {
    let present = Set(statuses)
    return byWeight.first(where: present.contains) ?? .done
  }

  /// The status of several items: that of the failures if nothing but one kind of failure happened, else `someFailed`.
  package static func ofItems(succeeded: Int, failures: some Collection<ExitStatus>) -> ExitStatus {
    guard let first = failures.first else { return .done }
    return succeeded == 0 && failures.allSatisfy { $0 == first } ? first : .someFailed
  }
}
