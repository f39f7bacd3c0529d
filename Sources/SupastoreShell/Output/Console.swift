internal import CommandTable
package import StorageCore
internal import Synchronization

/// Where commands speak: results on standard output, everything else on standard error. Any thread may use it; what is
/// printed while a progress line is shown does not mix with it.
package final class Console: Sendable {
  private struct State {
    var progress: ProgressLine
    /// Whether the terminal's last line is a progress line.
    var isDrawn = false
  }

  package let isJSON: Bool
  let isQuiet: Bool
  package let isVerbose: Bool
  private let output: Terminal
  private let errorOutput: Terminal
  private let now: @Sendable () -> Duration
  private let state: Mutex<State>

  /// - Parameter now: the time since any moment, for the progress line.
  package init(
    output: Terminal, errorOutput: Terminal, isJSON: Bool = false, isQuiet: Bool = false, isVerbose: Bool = false,
    now: @escaping @Sendable () -> Duration
  ) {
    self.output = output
    self.errorOutput = errorOutput
    self.isJSON = isJSON
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    self.now = now
    let style: ProgressLine.Style =
      isQuiet ? .silent : errorOutput.canMoveCursor ? .inPlace(width: errorOutput.width) : .lines
    state = Mutex(State(progress: ProgressLine(style: style)))
  }

  /// The width that help is wrapped to; lines longer than this are hard to read.
  package var textWidth: Int { min(output.width, 100) }
  package var isStyled: Bool { output.isStyled }
  /// What a table's lines are cut to; nil where a file or a program reads it, which wants everything.
  package var tableWidth: Int? { output.isTerminal ? output.width : nil }

  // MARK: Results

  /// One line of the result. Control characters and the like are shown as escapes.
  package func result(_ line: String) throws(OutputError) {
    try printResult(String(printable: line) + "\n")
  }

  /// One line of the result as JSON.
  package func result(_ document: JSONDocument) throws(OutputError) {
    try printResult(document.line + "\n")
  }

  /// A text of this program's own, printed as it is.
  package func result(text: String) throws(OutputError) {
    try printResult(text)
  }

  /// Content that is the result, printed as it is.
  package func result(bytes: UnsafeRawBufferPointer) throws(OutputError) {
    try output.write(bytes)
  }

  private func printResult(_ text: String) throws(OutputError) {
    // `withLock` would widen the error's type.
    let failure = state.withLock { state -> OutputError? in
      erase(&state)
      do throws(OutputError) {
        try output.write(text)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  // MARK: Everything else

  /// Something went wrong without ending the command.
  package func warning(_ message: String, hint: String? = nil) {
    tell("warning", message, hint)
  }

  /// Worth knowing; not with `--quiet`.
  package func note(_ message: String) {
    if !isQuiet { printAside("supastore: \(String(printable: message))\n") }
  }

  /// Worth knowing for those who ask with `--verbose`.
  package func detail(_ message: String) {
    if isVerbose { note(message) }
  }

  /// The error that ends the command.
  package func error(_ report: ErrorReport) {
    if isJSON { printAside(report.json.line + "\n") } else { tell("error", report.message, report.hint) }
  }

  private func tell(_ kind: String, _ message: String, _ hint: String?) {
    var text = "supastore: \(kind): \(String(printable: message))\n"
    if let hint { text += "supastore: hint: \(String(printable: hint))\n" }
    printAside(text)
  }

  /// A question to whoever sits at the terminal.
  func ask(_ question: String) {
    printAside(String(printable: question))
  }

  /// Text that is not the result and need not be reported when it cannot be written.
  package func printAside(_ text: String) {
    state.withLock { state in
      erase(&state)
      try? errorOutput.write(text)
    }
  }

  // MARK: Progress

  /// Shows how far the command is, as often as suits the place where it is shown. May be called at any rate.
  func progress(_ progress: Progress) {
    state.withLock { state in
      guard let text = state.progress.text(for: progress, at: now()) else { return }
      switch state.progress.style {
      case .inPlace:
        try? errorOutput.write("\r" + text + "\u{1B}[K")
        state.isDrawn = true
      case .lines: try? errorOutput.write("supastore: \(text)\n")
      case .silent: break
      }
    }
  }

  /// Shows what `meter` counts for as long as `body` runs.
  package func showingProgress<Value: Sendable, Failure: Error>(
    of meter: ProgressMeter, _ body: @Sendable () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let outcome = await withTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          self.progress(meter.progress)
          try? await Task.sleep(for: .milliseconds(100))
        }
      }
      let outcome: Result<Value, Failure>
      do throws(Failure) {
        outcome = .success(try await body())
      } catch {
        outcome = .failure(error)
      }
      group.cancelAll()
      await group.waitForAll()
      endProgress()
      return outcome
    }
    return try outcome.get()
  }

  /// Takes the progress line away, for instance before a summary.
  package func endProgress() {
    state.withLock { erase(&$0) }
  }

  private func erase(_ state: inout State) {
    guard state.isDrawn else { return }
    try? errorOutput.write("\r\u{1B}[K")
    state.isDrawn = false
  }
}
