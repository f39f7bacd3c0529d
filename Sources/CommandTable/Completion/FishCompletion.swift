/// Completion for fish 3.4 and later.
struct FishCompletion {
  let program: Program

  var script: String {
    let id = program.identifier
    let lines =
      ["complete -c \(program.name) -f"] + program.globalOptions.shown.flatMap { option($0, of: nil) }
      + program.firstWords.map { word($0.word, $0.meaning, at: "") }
      + program.groups.flatMap { group in
        program.commands(of: group).filter { !$0.isHidden }.map { word($0.words[1], $0.abstract, at: group.name) }
      } + program.shownCommands.flatMap(entries)
    return """
      # Completion of \(program.name) for fish, made by '\(program.name) completions fish'.

      \(table)

      \(engine)

      function __\(id)_at --description 'Whether the cursor is at an operand of this command, or at this one'
          set -l place (__\(id)_place)
          test "$place[1]" = "$argv[1]"; or return
          switch "$argv[2]"
              case ''
              case '*+'
                  test "$place[2]" -ge (string trim --chars=+ -- $argv[2])
              case '*'
                  test "$place[2]" -eq $argv[2]
          end
      end

      \(lines.joined(separator: "\n"))

      """
  }

  // MARK: - What the functions know

  /// Prints what a command's words, joined by a space, stand for, and after it its options that have a value.
  private var table: String {
    var lines = [
      "function __\(program.identifier)_command --description 'The command of these words, then its options with a value'",
      "    set -l values \(values(program.globalOptions))", "    switch \"$argv\"",
    ]
    for command in program.shownCommands {
      let words = ([command.name] + command.aliases).map(quoted).joined(separator: " ")
      lines.append("        case \(words)")
      let own = values(command.options)
      lines.append("            printf '%s\\n' \(quoted(command.name)) $values" + (own.isEmpty ? "" : " " + own))
    }
    for group in program.groups {
      lines += ["        case \(quoted(group.name))", "            printf '%s\\n' \(quoted(group.name)) $values"]
    }
    lines += [
      "        case ''", "            printf '%s\\n' '' $values", "        case '*'", "            echo ?", "    end",
    ]
    return (lines + ["end"]).joined(separator: "\n")
  }

  private func values(_ options: [Specification]) -> String {
    options.shown.filter(\.takesValue).flatMap(\.spellings).joined(separator: " ")
  }

  private var engine: String {
    let (id, handedOn) = (program.identifier, program.handedOn)
    let groups = program.groups.map { quoted($0.name) }.joined(separator: " ")
    return #"""
      function __\#(id)_place --description 'Prints the command that is called and the number of operands before the cursor'
          set -l words (commandline -opc)
          set -e words[1]
          set -l known (__\#(id)_command)
          set -l called
          set -l count 0
          set -l skip no
          set -l ended no
          for word in $words
              if test $skip = yes
                  set skip no
              else if test $ended = no; and test "$word" = --
                  set ended yes
              else if test $ended = no; and string match -q -- '--*' $word
                  contains -- $word $known[2..]; and set skip yes
              else if test $ended = no; and string match -q -- '-?*' $word
                  for letter in (string split '' -- (string sub -s 2 -- $word))
                      if contains -- -$letter $known[2..]
                          string match -q -- "*$letter" $word; and set skip yes
                          break
                      end
                  end
              else if contains -- "$known[1]" '' \#(groups)
                  set -a called $word
                  set known (__\#(id)_command $called)
              else
                  set count (math $count + 1)
              end
          end
          printf '%s\n' "$known[1]" $count
      end

      function __\#(id)_ask --description 'Prints what the program answers about a value'
          set -l words (commandline -opc)
          set -l handed_on
          for index in (seq 2 (count $words))
              switch $words[$index]
                  case --
                      break
                  case \#(handedOn.map { "'\($0)=*'" }.joined(separator: " "))
                      set -a handed_on $words[$index]
                  case \#(handedOn.joined(separator: " "))
                      set -a handed_on "$words[$index]=$words[$(math $index + 1)]"
              end
          end
          set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
          set -l token (string replace -r '^--[^=]*=' '' -- (string unescape -- (commandline -ct)))
          $program \#(Program.completer) $handed_on -- $argv[1] "$token" 2>/dev/null
      end
      """#
  }

  // MARK: - One line of the script each

  private func word(_ word: String, _ meaning: String, at place: String) -> String {
    "complete -c \(program.name) -n \(condition(place)) -a \(word) -d \(quoted(meaning))"
  }

  private func entries(of command: Declaration) -> [String] {
    command.options.shown.flatMap { option($0, of: command) }
      + command.operands.enumerated().compactMap { position, operand in
        guard let values = values(of: operand) else { return nil }
        let place = "\(command.name)' '\(position)" + (operand.repetition == .many ? "+" : "")
        return "complete -c \(program.name) -n \(condition(place)) \(values)"
      }
  }

  private func option(_ item: Specification, of command: Declaration?) -> [String] {
    let start = "complete -c \(program.name)" + (command.map { " -n " + condition($0.name) } ?? "")
    let short = item.short.map { " -s \($0)" } ?? ""
    let value = item.takesValue ? " -r " + (values(of: item) ?? "-f") : ""
    let line = "\(start) -l \(item.name)\(short)\(value) -d \(quoted(item.briefly))"
    return [line] + (item.isNegatable ? ["\(start) -l no-\(item.name) -d \(quoted(item.briefly))"] : [])
  }

  private func condition(_ place: String) -> String {
    quoted("__\(program.identifier)_at '\(place)'")
  }

  /// The values of an option or operand; nil where there is nothing to offer.
  private func values(of item: Specification) -> String? {
    switch item.kind {
    case .file: "-F"
    case .directory: "-f -a '(__fish_complete_directories (commandline -ct))'"
    case .choice(let choices): "-f -a \(quoted(choices.joined(separator: " ")))"
    case .askedFor(let what): "-f -k -a '(__\(program.identifier)_ask \(what))'"
    case .text, .number, .size, .duration, nil: nil
    }
  }

  private func quoted(_ text: String) -> String {
    "'" + text.escaping(#"\'"#) + "'"
  }
}
