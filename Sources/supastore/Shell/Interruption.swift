internal import Dispatch
internal import Glibc
internal import StorageCore
internal import Synchronization

/// SIGINT and SIGTERM while a command runs: the first one asks for an early end, the second one ends at once.
final class Interruption: Sendable {
  let stop = StopSignal()
  private let caught = Mutex<Int32?>(nil)

  /// The signal that came, if one did.
  var status: ExitStatus? {
    switch caught.withLock({ $0 }) {
    case SIGTERM?: .terminated
    case .some: .interrupted
    case nil: nil
    }
  }

  /// Runs `body` with the signals caught.
  static func caught<Value>(
    on console: Console, _ body: (Interruption) async throws -> Value
  ) async rethrows -> Value {
    let interruption = Interruption()
    let queue = DispatchQueue(label: "supastore.signals")
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { interruption.receive(number, console) }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try await body(interruption)
  }

  private func receive(_ number: Int32, _ console: Console) {
    let isFirst = caught.withLock { caught in
      defer { caught = number }
      return caught == nil
    }
    guard isFirst else { _exit(128 + number) }
    console.note("stopping after what is under way; once more to stop at once")
    stop.raise()
  }
}
