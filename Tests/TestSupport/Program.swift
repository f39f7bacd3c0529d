import FoundationEssentials
import Glibc
import StandIn
import Synchronization

/// A program under test, in an environment that holds only what the test gave it.
package final class Program: Sendable {
  package struct Outcome: Sendable {
    /// As a shell tells it: 128 + n after signal n.
    package let exitStatus: Int32
    package let output: String
    package let errors: String
    /// The most memory it had at once, in bytes.
    package let peakMemory: Int
  }

  private let child: ChildProcess
  private let directory: TemporaryDirectory
  private let state = Mutex(State())

  private struct State {
    var outcome: Outcome?
    var waiting: [CheckedContinuation<Outcome, Never>] = []
  }

  /// Runs a program to its end; kills it when the task is cancelled.
  package static func run(
    _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, input: [UInt8] = []
  ) async throws -> Outcome {
    let program = try Program(arguments, environment: environment, directory: directory, input: input)
    return await withTaskCancellationHandler {
      await program.outcome
    } onCancel: {
      program.send(SIGKILL)
    }
  }

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - environment: beside PATH, HOME (an empty directory), LANG.
  ///   - directory: where it runs; an empty one unless given.
  ///   - input: its standard input.
  package init(
    _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, input: [UInt8] = []
  ) throws {
    let own = try TemporaryDirectory()
    self.directory = own
    try FileManager.default.createDirectory(atPath: own["home"], withIntermediateDirectories: false)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let variables = ["PATH": path, "HOME": own["home"], "LANG": "C.UTF-8"].merging(environment) { $1 }
    let descriptors = [
      open(try own.write(input, to: "input"), O_RDONLY | O_CLOEXEC),
      open(own["output"], O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
      open(own["errors"], O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
    ]
    defer { for descriptor in descriptors { close(descriptor) } }
    child = try ChildProcess(
      arguments, environment: variables.map { "\($0)=\($1)" }, directory: directory ?? own["home"],
      descriptors: descriptors)
    startThread { self.waitForEnd() }
  }

  /// The path of a product of this package, built beside the tests.
  package static func product(_ name: String) throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: tests).deletingLastPathComponent().appending(path: name).path()
  }

  /// Whether a program of this name is in PATH.
  package static func isInstalled(_ name: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  package var id: Int32 { child.id }

  /// Sends a signal, unless it has ended.
  package func send(_ signal: Int32) {
    state.withLock { state in
      if state.outcome == nil { kill(child.id, signal) }
    }
  }

  /// Waits for the end.
  package var outcome: Outcome {
    get async {
      await withCheckedContinuation { continuation in
        let ended = state.withLock { state in
          if state.outcome == nil { state.waiting.append(continuation) }
          return state.outcome
        }
        if let ended { continuation.resume(returning: ended) }
      }
    }
  }

  private func waitForEnd() {
    child.waitUntilEnded()
    func text(_ name: String) -> String { String(decoding: (try? directory.read(name)) ?? [], as: UTF8.self) }
    let (output, errors) = (text("output"), text("errors"))
    // The id is free for other processes from here on, so no signal may go out any more.
    let (outcome, waiting) = state.withLock { state in
      let end = child.waitMeasuringMemory()
      let outcome = Outcome(
        exitStatus: end.exitStatus, output: output, errors: errors, peakMemory: end.peakMemory)
      state.outcome = outcome
      return (outcome, state.waiting)
    }
    for continuation in waiting { continuation.resume(returning: outcome) }
  }
}
