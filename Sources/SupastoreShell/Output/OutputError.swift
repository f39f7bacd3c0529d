internal import Glibc

/// The result cannot be printed.
package enum OutputError: Error, Hashable {
  /// Whoever read the output has gone, as `head` does when it has enough. Nothing is said about it.
  case readerIsGone
  /// With the number of the system's error.
  case notWritten(CInt)
}

extension OutputError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .readerIsGone: "the reader of the output has gone"
    case .notWritten(let code): "standard output cannot be written: " + String(cString: strerror(code))
    }
  }

  var hint: String? {
    switch self {
    case .notWritten(ENOSPC): "make room where the output goes, then run it again"
    case .notWritten, .readerIsGone: nil
    }
  }
}
