/// A shell that completes command lines.
public enum CompletionShell: String, CaseIterable, ArgumentValue {
  case bash, zsh, fish
}

extension Program {
  /// The word of the hidden command that scripts ask about a value of the kind `askedFor`:
  /// `supastore __complete conversation 7d`. It prints one value a line and nothing else.
  public static let completer = "__complete"

  /// What the shell reads to complete this program's command lines.
  public func completionScript(for shell: CompletionShell) -> String {
    switch shell {
    case .bash: BashCompletion(program: self).script
    case .zsh: ZshCompletion(program: self).script
    case .fish: FishCompletion(program: self).script
    }
  }
}

// MARK: - What all three read

extension Program {
  /// A part of function names.
  var identifier: String { String(name.map { $0 == "-" ? "_" : $0 }) }

  /// Options that every command accepts and that have a value: where to ask may depend on them, so they are handed on.
  /// Never empty, for a `case` without a pattern is none.
  var handedOn: [String] {
    let names = globalOptions.shown.filter(\.takesValue).map { "--" + $0.name }
    return names.isEmpty ? ["--there-is-none"] : names
  }

  /// The first words of commands, each with what it does, and the words they stand for.
  var firstWords: [(word: String, meaning: String)] {
    var words: [(word: String, meaning: String)] = []
    for command in shownCommands where command.words.count == 1 {
      words += ([command.name] + command.aliases).map { ($0, command.abstract) }
    }
    return words + groups.map { ($0.name, $0.abstract) }
  }
}

extension Specification {
  /// Every spelling: `-j`, `--jobs`, `--no-progress`.
  var spellings: [String] {
    (short.map { ["-\($0)"] } ?? []) + ["--" + name] + (isNegatable ? ["--no-" + name] : [])
  }

  var choices: [String]? {
    if case .choice(let choices) = kind { choices } else { nil }
  }

  /// The first sentence of the help, without its full stop.
  var briefly: String {
    let words = help.split(separator: " ")
    let last = words.firstIndex { $0.last == "." || $0.last == ":" || $0.last == ";" } ?? words.endIndex - 1
    let sentence = words.prefix(last + 1).joined(separator: " ")
    return ".:;".contains(sentence.last ?? " ") ? String(sentence.dropLast()) : sentence
  }
}

extension Collection<Specification> {
  var shown: [Specification] { filter { !$0.isHidden } }
}

extension String {
  /// As one word of a POSIX shell.
  var shellQuoted: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }

  /// With a backslash before each of `characters`.
  func escaping(_ characters: String) -> String {
    String(flatMap { characters.contains($0) ? ["\\", $0] : [$0] })
  }
}
