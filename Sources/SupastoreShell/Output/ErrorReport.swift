internal import CommandTable
internal import StorageCore

/// An error as it is told: to people in two lines, to programs as JSON, to the shell as a status.
package struct ErrorReport: Hashable {
  package let status: ExitStatus
  /// A stable word, in snake case.
  let code: String
  /// One line, lower case, no full stop, never a key.
  let message: String
  let hint: String?
  let isRetryable: Bool

  init(status: ExitStatus, code: String, message: String, hint: String? = nil, isRetryable: Bool = false) {
    self.status = status
    self.code = code
    self.message = message
    self.hint = hint
    self.isRetryable = isRetryable
  }

  /// Every error that ends a command comes through here. One of a kind that is unknown here is a mistake in this
  /// program; it is named by its type only, for its text may hold anything.
  package init(_ error: any Error) {
    switch error {
    case let error as UsageError:
      self.init(status: .usage, code: "usage", message: error.message, hint: error.hint)
    case let error as OutputError:
      self.init(status: .failed, code: "output", message: error.description, hint: error.hint)
    case let error as StorageError:
      self.init(
        status: ExitStatus(error), code: error.code.rawValue, message: error.message, hint: error.hint,
        isRetryable: error.isRetryable)
    case let error as ConfigurationError:
      self.init(StorageError(error))
    case let error as PatternError:
      self.init(
        status: .usage, code: "usage", message: error.description,
        hint: "patterns are written as in .gitignore: '*.pdf', 'drafts/'")
    default:
      self.init(
        status: .failed, code: "internal", message: "unexpected error of type \(type(of: error))",
        hint: "this is a fault of supastore; please report it")
    }
  }

  var json: JSONDocument { ["error": body] }

  /// What stands under `error`.
  package var body: JSONDocument {
    [
      "code": .string(code), "message": .string(message), "hint": hint.map { .string($0) } ?? .null,
      "retryable": .bool(isRetryable),
    ]
  }
}
