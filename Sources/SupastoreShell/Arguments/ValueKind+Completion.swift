package import CommandTable

/// What the hidden command of the completion scripts knows to complete.
package enum CompletedValue: String, CaseIterable, ArgumentValue {
  /// A stored file: its storage path or its id.
  case file
  /// A conversation: its continuation id.
  case conversation
  /// A command or a topic of the help.
  case subject
}

extension ValueKind {
  static let storedFile = completed(.file)
  package static let conversation = completed(.conversation)
  package static let subject = completed(.subject)

  private static func completed(_ value: CompletedValue) -> ValueKind { .askedFor(value.rawValue) }
}
