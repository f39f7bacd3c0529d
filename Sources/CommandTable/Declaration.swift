/// One command: its name and all it accepts. Parsing, help, manual pages, completion and the reference
/// read nothing else.
public struct Declaration: Sendable {
  /// The words that call it, one or two: `["delete"]`, `["config", "show"]`.
  public let words: [String]
  public let aliases: [String]
  /// One line, a sentence without a full stop.
  public let abstract: String
  /// Paragraphs, separated by empty lines.
  public let discussion: String
  public let examples: [Example]
  public let items: [Specification]
  /// Called by programs only: shown in no help and suggested by no error.
  public let isHidden: Bool

  public init(
    _ name: String, aliases: [String] = [], abstract: String, discussion: String = "", examples: [Example] = [],
    hidden isHidden: Bool = false, _ items: any Declarable...
  ) {
    words = name.split(separator: " ").map(String.init)
    self.aliases = aliases
    self.abstract = abstract
    self.discussion = discussion
    self.examples = examples
    self.items = items.map(\.specification)
    self.isHidden = isHidden
  }

  /// `config show`
  public var name: String { words.joined(separator: " ") }

  var options: [Specification] { items.filter { !$0.isOperand } }
  var operands: [Specification] { items.filter(\.isOperand) }
}

/// A command line worth copying, and what it does.
public struct Example: Hashable, Sendable {
  public let command: String
  public let meaning: String

  public init(_ command: String, _ meaning: String) {
    self.command = command
    self.meaning = meaning
  }
}

/// The first word of two-word commands: `config` of `config show`.
public struct CommandGroup: Hashable, Sendable {
  public let name: String
  public let abstract: String

  public init(_ name: String, abstract: String) {
    self.name = name
    self.abstract = abstract
  }
}

/// Help on something that is no command: `help exit-codes`.
public struct Topic: Sendable {
  public enum Passage: Hashable, Sendable {
    case paragraph(String)
    case terms([Term])
    /// Lines that are shown as they are.
    case verbatim(String)
  }

  /// A word and what it means; terms are set in two columns.
  public struct Term: Hashable, Sendable {
    public let word: String
    public let meaning: String

    public init(_ word: String, _ meaning: String) {
      self.word = word
      self.meaning = meaning
    }
  }

  public let name: String
  public let abstract: String
  /// The section that it is on every page of the manual, such as EXIT STATUS. Nil: it is on the program's own page only.
  let manualSection: String?
  /// Asked for only when the topic is shown.
  let passages: @Sendable () -> [Passage]

  public init(
    _ name: String, abstract: String, manualSection: String? = nil, passages: @escaping @Sendable () -> [Passage]
  ) {
    self.name = name
    self.abstract = abstract
    self.manualSection = manualSection
    self.passages = passages
  }
}
