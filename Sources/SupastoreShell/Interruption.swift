internal import Dispatch
internal import Glibc
package import StorageCore
internal import Synchronization

/// SIGINT and SIGTERM while a command runs: the first one asks for an early end, the second one ends at once.
package final class Interruption: Sendable {
  package let stop = StopSignal()
  private let caught = Mutex<Int32?>(nil)

  /// The signal that came, if one did.
  package var status: ExitStatus? {
    switch caught.withLock({ $0 }) {
    case SIGTERM?: .terminated
    case .some: .interrupted
    case nil: nil
    }
  }

  /// Runs `body` with the signals caught.
  package static func caught<Value>(
    on console: Console, _ body: (Interruption) async throws -> Value
  ) async rethrows -> Value {
    let interruption = Interruption()
    let queue = DispatchQueue(label: "supastore.signals")
    // Speaking may wait for whoever reads the output; the second signal must not wait for that.
    let voice = DispatchQueue(label: "supastore.signals.voice")
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { interruption.receive(number) { voice.async { console.note(afterFirst) } } }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try await body(interruption)
  }

  private static let afterFirst = "stopping after what is under way; once more to stop at once"

  /// - Parameter tell: says that the first one was heard.
  private func receive(_ number: Int32, _ tell: () -> Void) {
    let isFirst = caught.withLock { caught in
      defer { caught = number }
      return caught == nil
    }
    guard isFirst else { _exit(128 + number) }
    stop.raise()
    tell()
  }
}
