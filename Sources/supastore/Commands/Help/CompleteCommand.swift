internal import CommandTable
internal import Glibc
internal import StorageCore
internal import SupastoreShell

/// `supastore __complete VALUE PREFIX`: what the scripts of `supastore completions` ask. One possible word a line, and
/// silence with status 0 whatever goes wrong: a message would land in the line that somebody is typing.
enum CompleteCommand {
  static let value = Operand<CompletedValue>("value", help: "What is completed.")
  static let prefix = Operand<String>("prefix", help: "What is typed already; it may be empty.")
  static let declaration = Declaration(
    Program.completer, abstract: "Print what a value that begins so may become", hidden: true, value, prefix)

  private static let limit = 50
  private static let patience = Duration.seconds(1)
}

extension CompleteCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let words = await withTaskGroup(of: Void.self) { group in
      group.addTask {
        try? await Task.sleep(for: patience)
        // Nothing less ends a name that is being resolved in time; and nothing here is left half done.
        if !Task.isCancelled { _exit(ExitStatus.done.rawValue) }
      }
      let words = try? await candidates(arguments, context)
      group.cancelAll()
      return words ?? []
    }
    for word in words where String(printable: word) == word { try context.console.result(word) }
    return .done
  }

  private static func candidates(_ arguments: Arguments, _ context: CommandContext) async throws -> [String] {
    let prefix = arguments[prefix]
    switch arguments[value] {
    case .file:
      return try await context.withProject(context.configurationWithoutWarnings(arguments)) { project in
        try await project.fileNames(beginningWith: prefix, limit: limit)
      }
    case .conversation:
      return try await context.withProject(context.configurationWithoutWarnings(arguments)) { project in
        try await project.continuationIDs(beginningWith: prefix, limit: limit)
      }
    case .subject:
      let program = context.program
      let commands = program.shownCommands.filter { $0.words.count == 1 }.map(\.name)
      let words = commands + program.groups.map(\.name) + program.topics.map(\.name)
      return words.filter { $0.hasPrefix(prefix) }
    }
  }
}
