internal import CommandTable
internal import SupastoreShell

/// `supastore completions SHELL`
enum CompletionsCommand {
  static let shell = Operand<CompletionShell>("shell", help: "bash, zsh or fish.")
  static let declaration = Declaration(
    "completions", abstract: "Print the script that completes command lines in a shell",
    discussion: """
      Where to put it, for one user: bash, with the package bash-completion, reads \
      ~/.local/share/bash-completion/completions/supastore; fish reads ~/.config/fish/completions/supastore.fish; zsh \
      reads _supastore in any directory that its variable fpath names before compinit runs. In bash and zsh it can also \
      be sourced.

      Commands, options and their values are completed from the script itself, paths by the shell. For the ids and paths \
      of stored files and for conversations the script asks the project that the line, the environment or .env names; \
      after a second without an answer it completes nothing.
      """,
    examples: [
      Example(
        "supastore completions bash > ~/.local/share/bash-completion/completions/supastore", "Install it for bash"),
      Example("supastore completions zsh > ~/.zfunc/_supastore", "Install it for zsh, with ~/.zfunc in fpath"),
      Example("supastore completions fish > ~/.config/fish/completions/supastore.fish", "Install it for fish"),
    ],
    shell)
}

extension CompletionsCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    try context.console.result(text: context.program.completionScript(for: arguments[shell]))
    return .done
  }
}
