extension Program {
  /// The help on a subject, ready to print, wrapped to `width` columns. Headings are bold if `styled`.
  public func help(on subject: Subject, width: Int = 80, styled: Bool = false) -> String {
    let page = HelpPage(program: self, layout: TextLayout(width: width), isStyled: styled)
    let lines =
      switch subject {
      case .program: page.overview()
      case .group(let group): page.group(group)
      case .command(let command): page.command(command)
      case .topic(let topic): page.topic(topic)
      }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `supastore migrate [OPTIONS] [DIR...]`
  func usage(of command: Declaration) -> String {
    ([name, command.name, "[OPTIONS]"] + command.operands.map(\.usage)).joined(separator: " ")
  }
}

/// Puts the pages of the help together, line by line.
private struct HelpPage {
  let program: Program
  let layout: TextLayout
  let isStyled: Bool

  func overview() -> [String] {
    layout.wrap(program.abstract)
      + ["", heading("Usage:") + " \(program.name) COMMAND [OPTIONS] [ARGUMENTS]"]
      + section(
        "Commands", program.shownCommands.map { (([$0.name] + $0.aliases).joined(separator: ", "), $0.abstract) })
      + section("Global options", optionRows(program.globalOptions))
      + section("Help topics", program.topics.map { ($0.name, $0.abstract) })
      + [""] + layout.wrap("'\(program.name) help COMMAND' and '\(program.name) help TOPIC' tell more.")
  }

  func group(_ group: CommandGroup) -> [String] {
    layout.wrap(group.abstract)
      + ["", heading("Usage:") + " \(program.name) \(group.name) COMMAND [OPTIONS] [ARGUMENTS]"]
      + section("Commands", program.commands(of: group).map { ($0.name, $0.abstract) })
      + [""] + layout.wrap(program.footer)
  }

  func command(_ command: Declaration) -> [String] {
    var lines = layout.wrap(command.abstract)
    lines += ["", heading("Usage:") + " " + program.usage(of: command)]
    if !command.aliases.isEmpty { lines.append("Also called: " + command.aliases.joined(separator: ", ")) }
    if !command.discussion.isEmpty { lines += [""] + layout.wrap(command.discussion) }
    lines += section("Arguments", command.operands.map { ($0.usage, $0.meaning) })
    lines += section("Options", optionRows(command.options))
    lines += section("Global options", optionRows(program.globalOptions))
    if !command.examples.isEmpty {
      lines += ["", heading("Examples:")]
      for example in command.examples {
        lines += ["  " + example.command] + layout.wrap(example.meaning, indent: 6)
      }
    }
    return lines + [""] + layout.wrap(program.footer)
  }

  func topic(_ topic: Topic) -> [String] {
    var lines = layout.wrap(topic.abstract)
    for passage in topic.passages() {
      lines.append("")
      switch passage {
      case .paragraph(let text): lines += layout.wrap(text)
      case .terms(let terms): lines += layout.columns(terms.map { ($0.word, $0.meaning) })
      case .verbatim(let text): lines += text.split(separator: "\n").map { "  " + $0 }
      }
    }
    return lines
  }

  private func section(_ title: String, _ rows: [(term: String, meaning: String)]) -> [String] {
    rows.isEmpty ? [] : ["", heading(title + ":")] + layout.columns(rows)
  }

  private func optionRows(_ options: [Specification]) -> [(term: String, meaning: String)] {
    options.filter { !$0.isHidden }.map { option in
      let short = option.short.map { "-\($0), " } ?? "    "
      return (short + option.longUsage, option.meaning)
    }
  }

  private func heading(_ text: String) -> String {
    isStyled ? "\u{1B}[1m\(text)\u{1B}[0m" : text
  }
}

extension Specification {
  /// `--jobs N`, `--[no-]progress`
  var longUsage: String {
    "--" + (isNegatable ? "[no-]" : "") + name + (takesValue ? " " + (placeholder ?? "VALUE") : "")
  }

  /// `FILE`, `[TOPIC]`, `FILE...`, `[DIR...]`
  var usage: String {
    let name = (placeholder ?? name) + (repetition == .many ? "..." : "")
    return role == .operand(needsOne: true) ? name : "[\(name)]"
  }

  /// The help with what the table knows besides: choices, default, repetition.
  var meaning: String {
    var sentences = [help]
    if case .choice(let choices) = kind { sentences.append("One of: " + choices.joined(separator: ", ") + ".") }
    if let defaultText { sentences.append("Default: \(defaultText).") }
    if takesValue, repetition == .many { sentences.append("Can be repeated.") }
    return sentences.joined(separator: " ")
  }
}
