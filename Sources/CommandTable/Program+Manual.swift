extension Program {
  /// A page of the manual: the file's name, and its source for `man`.
  public struct ManualPage: Sendable {
    public let name: String
    public let source: String
  }

  /// One page on the program, `supastore.1`, and one on each command, such as `supastore-config-show.1`.
  /// - Parameter version: shown at the foot of every page.
  public func manual(version: String) -> [ManualPage] {
    let pages = ManualWriter(program: self, version: version)
    return [pages.overview] + shownCommands.map(pages.page)
  }
}

/// Puts the pages together.
private struct ManualWriter {
  let program: Program
  let version: String

  var overview: Program.ManualPage {
    var page = page(program.name, program.abstract)
    page.section("SYNOPSIS")
    page.bold(program.name, " COMMAND [OPTIONS] [ARGUMENTS]")
    page.section("DESCRIPTION")
    page.paragraph(program.abstract + ". Each command has a page of its own.")
    page.section("COMMANDS")
    for command in program.shownCommands {
      let names = [name(of: command) + "(1)"] + command.aliases.map { "\(program.name) \($0)" }
      page.term(names.joined(separator: ", "), command.abstract + ".")
    }
    options(program.globalOptions, "OPTIONS", on: &page)
    for topic in program.topics { section(on: topic, of: &page) }
    examples(program.shownCommands.flatMap { $0.examples.prefix(1) }, on: &page)
    page.section("SEE ALSO")
    page.paragraph(program.shownCommands.map { name(of: $0) + "(1)" }.joined(separator: ", "))
    return page.file
  }

  func page(on command: Declaration) -> Program.ManualPage {
    var page = page(name(of: command), command.abstract)
    page.section("SYNOPSIS")
    for words in [command.name] + command.aliases {
      let operands = command.operands.map(\.usage)
      page.bold("\(program.name) \(words)", ([" [OPTIONS]"] + operands).joined(separator: " "))
    }
    page.section("DESCRIPTION")
    page.paragraph(command.abstract + ".")
    page.paragraph(command.discussion)
    if !command.operands.isEmpty {
      page.section("ARGUMENTS")
      for operand in command.operands { page.term(operand.usage, operand.meaning) }
    }
    options(command.options + program.globalOptions, "OPTIONS", on: &page)
    for topic in program.topics where topic.manualSection != nil { section(on: topic, of: &page) }
    examples(command.examples, on: &page)
    page.section("SEE ALSO")
    page.paragraph("\(program.name)(1)")
    return page.file
  }

  /// `supastore-config-show`
  private func name(of command: Declaration) -> String {
    ([program.name] + command.words).joined(separator: "-")
  }

  private func page(_ name: String, _ abstract: String) -> Roff {
    Roff(name: name, abstract: abstract, source: "\(program.name) \(version)")
  }

  private func options(_ options: [Specification], _ title: String, on page: inout Roff) {
    page.section(title)
    for option in options.shown {
      page.term((option.short.map { "-\($0), " } ?? "") + option.longUsage, option.meaning)
    }
  }

  private func examples(_ examples: [Example], on page: inout Roff) {
    page.section("EXAMPLES")
    for example in examples {
      page.paragraph(example.meaning + ":")
      page.verbatim(example.command)
    }
  }

  private func section(on topic: Topic, of page: inout Roff) {
    page.section(topic.manualSection ?? topic.name.uppercased())
    for passage in topic.passages() {
      switch passage {
      case .paragraph(let text): page.paragraph(text)
      case .terms(let terms): for term in terms { page.term(term.word, term.meaning) }
      case .verbatim(let text): page.verbatim(text)
      }
    }
  }
}
