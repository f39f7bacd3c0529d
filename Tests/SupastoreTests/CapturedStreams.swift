import Glibc
import TestSupport

@testable import SupastoreShell

/// Two files in the place of standard output and standard error.
final class CapturedStreams: Sendable {
  private let directory: TemporaryDirectory
  private let outputDescriptor: CInt
  private let errorDescriptor: CInt

  init() throws {
    directory = try TemporaryDirectory()
    outputDescriptor = open(directory["output"], O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    errorDescriptor = open(directory["errors"], O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
  }

  deinit {
    close(outputDescriptor)
    close(errorDescriptor)
  }

  var outputTerminal: Terminal { Terminal(descriptor: outputDescriptor) }

  /// Standard error as a log, or as a terminal on which a line can be drawn again.
  func errorTerminal(canMoveCursor: Bool = false) -> Terminal {
    Terminal(descriptor: errorDescriptor, canMoveCursor: canMoveCursor, width: 60)
  }

  /// What was written so far.
  var output: String { get throws { String(decoding: try directory.read("output"), as: UTF8.self) } }
  var errors: String { get throws { String(decoding: try directory.read("errors"), as: UTF8.self) } }
}
