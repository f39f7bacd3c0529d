/// Completion for bash 4.4 and later. Needs nothing beside bash itself.
struct BashCompletion {
  let program: Program

  var script: String {
    """
    # Completion of \(program.name) for bash, made by '\(program.name) completions bash'.

    \(table)

    \(engine)

    """
  }

  // MARK: - The table

  private var table: String {
    var lines = [
      "# What the command $1 accepts: its options, those with a value and the operands each with what the value is.",
      "_\(program.identifier)_accepts() {", "  options=(\(spelled(program.globalOptions)))",
      "  values=(\(values(program.globalOptions)))", "  subcommands= operands=() others=", "  case $1 in",
      "    '') subcommands='\(program.firstWords.map(\.word).joined(separator: " "))' ;;",
    ]
    for group in program.groups {
      let words = program.commands(of: group).map { $0.words[1] }.joined(separator: " ")
      lines.append("    \(group.name)) subcommands='\(words)' ;;")
    }
    for command in program.shownCommands { lines += entry(of: command) }
    return (lines + ["    *) options=() values=() ;;", "  esac", "}"]).joined(separator: "\n")
  }

  private func entry(of command: Declaration) -> [String] {
    let name = command.words.count > 1 ? "'\(command.name)'" : command.name
    var lines = ["    \(([name] + command.aliases).joined(separator: " | ")))"]
    let options = command.options.shown
    if !options.isEmpty { lines.append("      options+=(\(spelled(options)))") }
    if options.contains(where: \.takesValue) { lines.append("      values+=(\(values(options)))") }
    let operands = command.operands.filter { $0.repetition != .many }.map { word(of: $0) }
    if !operands.isEmpty { lines.append("      operands=(\(operands.joined(separator: " ")))") }
    if let last = command.operands.last, last.repetition == .many { lines.append("      others=\(word(of: last))") }
    return lines.count == 1 ? [lines[0] + " ;;"] : lines + ["      ;;"]
  }

  private func spelled(_ options: [Specification]) -> String {
    options.shown.flatMap(\.spellings).filter { $0.hasPrefix("--") }.joined(separator: " ")
  }

  private func values(_ options: [Specification]) -> String {
    options.shown.filter(\.takesValue).flatMap { option in
      option.spellings.map { "[\($0)]=\(word(of: option))" }
    }.joined(separator: " ")
  }

  /// What a value is, as one word of the table.
  private func word(of item: Specification) -> String {
    switch item.kind {
    case .file: "file"
    case .directory: "directory"
    case .choice(let choices): "words \(choices.joined(separator: " "))".shellQuoted
    case .askedFor(let what): "ask \(what)".shellQuoted
    case .text, .number, .size, .duration, nil: "other"
    }
  }

  // MARK: - What reads it

  private var engine: String {
    let (id, handedOn) = (program.identifier, program.handedOn.joined(separator: " | "))
    return #"""
      # $1 without its quotes and backslashes. Nothing else is expanded: completing must not run what is being typed.
      _\#(id)_plain() {
        local i letter quote=
        plain=
        for ((i = 0; i < ${#1}; i++)); do
          letter=${1:i:1}
          if [[ $letter == "$quote" ]]; then
            quote=
          elif [[ ! $quote && $letter == [\"\'] ]]; then
            quote=$letter
          elif [[ $letter == '\' && $quote != "'" ]]; then
            ((i += 1))
            plain+=${1:i:1}
          else
            plain+=$letter
          fi
        done
        [[ $plain == '~/'* ]] && plain=$HOME/${plain:2}
        return 0
      }

      _\#(id)() {
        # Bash cuts words at = and : as well. Put together what no blank parts, and keep what bash will not replace.
        local line=${COMP_LINE:0:COMP_POINT} part i
        local words=() kept=
        for ((i = 0; i <= COMP_CWORD; i++)); do
          part=${COMP_WORDS[i]}
          if ((i > 0)) && [[ $line != [[:blank:]]* ]]; then
            kept=${words[-1]}
            [[ ${part//[=:@]/} ]] || kept+=$part
          else
            kept=
            words+=('')
            line=${line#"${line%%[![:blank:]]*}"}
          fi
          # The last word ends at the cursor.
          ((i < COMP_CWORD)) || part=$line
          words[-1]+=$part
          line=${line#"$part"}
        done

        local command= options subcommands operands others
        local -A values
        _\#(id)_accepts ''
        local word plain option= letters ended= count=0 handed_on=()
        for word in "${words[@]:1:${#words[@]}-2}"; do
          _\#(id)_plain "$word"
          if [[ $option ]]; then
            case $option in \#(handedOn)) handed_on+=("$option=$plain") ;; esac
            option=
          elif [[ ! $ended && $word == -- ]]; then
            ended=1
          elif [[ ! $ended && $word == --*=* ]]; then
            case ${plain%%=*} in \#(handedOn)) handed_on+=("$plain") ;; esac
          elif [[ ! $ended && $word == --* ]]; then
            [[ ${values[$word]} ]] && option=$word
          elif [[ ! $ended && $word == -?* ]]; then
            for ((letters = 1; letters < ${#word}; letters++)); do
              [[ ${values[-${word:letters:1}]} ]] || continue
              ((letters == ${#word} - 1)) && option=-${word:letters:1}
              break
            done
          elif [[ $subcommands ]]; then
            command+=${command:+ }$plain
            _\#(id)_accepts "$command"
          else
            ((count += 1))
          fi
        done

        local current=${words[-1]} before= kind
        if [[ $option ]]; then
          kind=${values[$option]}
        elif [[ ! $ended && $current == --*=* ]]; then
          before=${current%%=*}= kind=${values[${current%%=*}]} current=${current#*=}
        elif [[ ! $ended && $current == -* ]]; then
          kind="words ${options[*]}"
        elif [[ $subcommands ]]; then
          kind="words $subcommands"
        else
          kind=${operands[count]-$others}
        fi

        COMPREPLY=()
        local quote=
        [[ $current == [\"\']* ]] && quote=${current:0:1} current=${current:1}
        case $kind in
          words*) mapfile -t COMPREPLY < <(compgen -W "${kind#words}" -- "$current") ;;
          file | directory)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -A "$kind" -- "$current")
            ;;
          ask*)
            local program
            _\#(id)_plain "$1"
            program=$plain
            _\#(id)_plain "$current"
            mapfile -t COMPREPLY < <("$program" \#(Program.completer) "${handed_on[@]}" -- "${kind#ask }" "$plain" 2>/dev/null)
            [[ $quote ]] || for i in "${!COMPREPLY[@]}"; do printf -v "COMPREPLY[i]" %q "${COMPREPLY[i]}"; done
            ;;
        esac
        for i in "${!COMPREPLY[@]}"; do
          part=$before${COMPREPLY[i]}
          COMPREPLY[i]=${part#"$kept"}
        done
      }

      complete -F _\#(id) \#(program.name)
      """#
  }
}
