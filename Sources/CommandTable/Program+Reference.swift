extension Program {
  /// The whole help as one Markdown document.
  public var markdownReference: String {
    var lines = ["# Commands of \(name)", "", abstract + "."]
    lines += ["", "This page is made from the command tables by `scripts/generate-command-reference`."]
    lines += ["", "| command | does |", "| --- | --- |"]
    lines += shownCommands.map { "| [`\($0.name)`](#\($0.anchor(in: self))) | \(cell($0.abstract)) |" }
    lines += ["", "## Global options", "", "Every command accepts them, before or after its name.", ""]
    lines += table(of: globalOptions)
    for command in shownCommands { lines += section(on: command) }
    for topic in topics { lines += section(on: topic) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(on command: Declaration) -> [String] {
    var lines = ["", "## \(name) \(command.name)", "", command.abstract + "."]
    lines += ["", "```", usage(of: command), "```"]
    if !command.aliases.isEmpty {
      lines += ["", "Also called " + command.aliases.map { "`\($0)`" }.joined(separator: ", ") + "."]
    }
    if !command.discussion.isEmpty { lines += ["", command.discussion] }
    if !command.items.isEmpty { lines += [""] + table(of: command.operands + command.options) }
    for example in command.examples { lines += ["", example.meaning + ":", "", "```", example.command, "```"] }
    return lines
  }

  private func section(on topic: Topic) -> [String] {
    var lines = ["", "## Topic: \(topic.name)", "", topic.abstract + "."]
    for passage in topic.passages() {
      switch passage {
      case .paragraph(let text): lines += ["", text]
      case .verbatim(let text): lines += ["", "```", text, "```"]
      case .terms(let terms):
        lines += ["", "| | |", "| --- | --- |"]
        lines += terms.map { "| `\($0.word)` | \(cell($0.meaning)) |" }
      }
    }
    return lines
  }

  private func table(of items: [Specification]) -> [String] {
    let rows = items.filter { !$0.isHidden }.map { item in
      let spelled = item.isOperand ? item.usage : (item.short.map { "-\($0), " } ?? "") + item.longUsage
      return "| `\(cell(spelled))` | \(cell(item.meaning)) |"
    }
    return rows.isEmpty ? [] : ["| | |", "| --- | --- |"] + rows
  }

  private func cell(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ").split(separator: "|", omittingEmptySubsequences: false)
      .joined(separator: "\\|")
  }
}

extension Declaration {
  /// The anchor that Markdown renderers make of the section's heading.
  fileprivate func anchor(in program: Program) -> String {
    ([program.name] + words).joined(separator: "-")
  }
}
