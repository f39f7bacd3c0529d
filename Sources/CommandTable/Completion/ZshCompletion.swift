/// Completion for zsh, through its own `_arguments`. The script can be a file in `fpath` or be sourced.
struct ZshCompletion {
  let program: Program

  var script: String {
    let id = program.identifier
    return """
      #compdef \(program.name)
      # Completion of \(program.name) for zsh, made by '\(program.name) completions zsh'.

      \(ask)

      _\(id)() {
        local curcontext=$curcontext context state state_descr ret=1
        local -a line everywhere _\(id)_line=("${(@)words[1,CURRENT]}")
        local -A opt_args
        everywhere=(
      \(specifications(program.globalOptions.shown, indent: 4))
        )
        _arguments -s -S -C $everywhere '1:command:->command' '*::argument:->argument' && ret=0
        case $state in
          command)
            local -a commands=(
      \(described(program.firstWords))
            )
            _describe -t commands command commands && ret=0
            ;;
          argument)
            curcontext="${curcontext%:*}-$line[1]:"
            case $line[1] in
      \(program.groups.map(entry).joined(separator: "\n"))
      \(program.shownCommands.filter { $0.words.count == 1 }.map(entry).joined(separator: "\n"))
            esac
            ;;
        esac
        return ret
      }

      if [[ $funcstack[1] == _\(id) ]]; then _\(id) "$@"; else compdef _\(id) \(program.name); fi

      """
  }

  /// Asks the program for values.
  private var ask: String {
    let (id, handedOn) = (program.identifier, program.handedOn)
    let separate = handedOn.joined(separator: " | ")
    let joined = handedOn.map { $0 + "=*" }.joined(separator: " | ")
    return #"""
      # $1 without its quotes. Nothing else is expanded: completing must not run what is being typed.
      _\#(id)_plain() { REPLY=${${(Q)1}/#\~\//$HOME/} }

      # Adds what the program answers about the last argument; those before it are for compadd.
      _\#(id)_ask() {
        local REPLY option program index
        local -a handed_on found
        for ((index = 2; index < $#_\#(id)_line; index++)); do
          _\#(id)_plain "$_\#(id)_line[index]"
          case $REPLY in
            --) break ;;
            \#(joined)) handed_on+=("$REPLY") ;;
            \#(separate))
              option=$REPLY
              _\#(id)_plain "$_\#(id)_line[++index]"
              handed_on+=("$option=$REPLY")
              ;;
          esac
        done
        _\#(id)_plain "$_\#(id)_line[1]"
        program=$REPLY
        _\#(id)_plain "$PREFIX"
        found=("${(@f)$("$program" \#(Program.completer) "${handed_on[@]}" -- $argv[-1] "$REPLY" 2>/dev/null)}")
        found=("${(@)found:#}")
        compadd "${(@)argv[1,-2]}" -a found
      }
      """#
  }

  private func entry(of group: CommandGroup) -> String {
    let commands = program.commands(of: group).filter { !$0.isHidden }
    return """
              \(group.name))
                _arguments -s -S -C $everywhere '1:command:->command' '*::argument:->argument' && ret=0
                case $state in
                  command)
                    local -a commands=(
      \(described(commands.map { ($0.words[1], $0.abstract) }))
                    )
                    _describe -t commands command commands && ret=0
                    ;;
                  argument)
                    case $line[1] in
      \(commands.map(entry).joined(separator: "\n"))
                    esac
                    ;;
                esac
                ;;
      """
  }

  private func entry(of command: Declaration) -> String {
    let words = [command.words[command.words.count - 1]] + command.aliases
    let items = command.options.shown + command.operands
    if items.isEmpty {
      return "        \(words.joined(separator: " | "))) _arguments -s -S $everywhere && ret=0 ;;"
    }
    return """
              \(words.joined(separator: " | ")))
                local -a own=(
      \(specifications(items, indent: 12))
                )
                _arguments -s -S $everywhere $own && ret=0
                ;;
      """
  }

  // MARK: - Specifications of _arguments

  private func specifications(_ items: [Specification], indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var position = 0
    return items.flatMap { item -> [String] in
      guard item.isOperand else { return option(item) }
      position += 1
      return [operand(item, at: position)]
    }.map { margin + $0.shellQuoted }.joined(separator: "\n")
  }

  private func option(_ item: Specification) -> [String] {
    let explanation = "[\(item.briefly.escaping(#"\[]"#))]"
    let others = item.spellings.count > 1 ? "(\(item.spellings.joined(separator: " ")))" : ""
    let first = item.repetition == .many ? "*" : others
    guard item.takesValue else { return item.spellings.map { first + $0 + explanation } }
    let value = ":\((item.placeholder ?? item.name).escaping(#"\:"#)):\(action(item))"
    return item.spellings.map { first + $0 + ($0.hasPrefix("--") ? "=" : "+") + explanation + value }
  }

  private func operand(_ item: Specification, at position: Int) -> String {
    let place = item.repetition == .many ? "*" : "\(position)"
    let name = (item.placeholder ?? item.name).escaping(#"\:"#)
    return "\(place):\(item.repetition == .optional ? ":" : "")\(name):\(action(item))"
  }

  private func action(_ item: Specification) -> String {
    switch item.kind {
    case .file: "_files"
    case .directory: "_files -/"
    case .choice(let choices): "(\(choices.joined(separator: " ")))"
    case .askedFor(let what): "_\(program.identifier)_ask \(what)"
    case .text, .number, .size, .duration, nil: " "
    }
  }

  private func described(_ words: [(word: String, meaning: String)]) -> String {
    words.map { "        " + "\($0.word.escaping(#"\:"#)):\($0.meaning)".shellQuoted }.joined(separator: "\n")
  }
}
