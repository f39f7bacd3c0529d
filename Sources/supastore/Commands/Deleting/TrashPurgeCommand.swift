internal import CommandTable
internal import StorageCore
internal import SupastoreShell
internal import Synchronization

/// `supastore trash purge`
enum TrashPurgeCommand {
  static let files = TrashSelection.files
  static let run = TrashSelection.run
  static let conversation = TrashSelection.conversation

  static let declaration = Declaration(
    "trash purge", abstract: "Delete for good what is in the trash",
    discussion: """
      The objects are deleted at once, however short they were in the trash, and proved to be gone. 'supastore cleanup \
      --apply' does the same with everything that is old enough.

      Asks on a terminal; elsewhere --yes has to be given.
      """,
    examples: [
      Example("supastore trash purge 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "One file"),
      Example("supastore trash purge --yes --conversation 7d3f", "All of a deleted conversation, from a script"),
    ],
    files, run, conversation, Confirmation.yes)
}

extension TrashPurgeCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    return try await context.withProject(context.configuration(arguments)) { project in
      let (entries, failed) = try await TrashSelection.entries(arguments, in: project)
      if !entries.isEmpty {
        let bytes = ByteSize(entries.compactMap(\.byteCount).sum)
        let question = "delete \(counted(entries.count, "file")) (\(bytes)) for good?"
        guard try Confirmation.isGiven(question, arguments, on: console) else { return .failed }
      }
      return try await Interruption.caught(on: console) { interruption in
        let tried = Mutex<[Removal]>([])
        var end: StorageError?
        do throws(StorageError) {
          try await project.purge(entries.map(\.object), stop: interruption.stop) { removal in
            tried.withLock { $0.append(removal) }
          }
        } catch {
          end = error
        }
        let removals =
          failed.map { file, error in
            Removal(.failed, object: ObjectAddress(bucket: "", key: file.description), error: error)
          } + tried.withLock { $0 }
        let status = try console.show(removals, run: nil, of: project)
        if let end, end.code != .interrupted { throw end }
        return .ofRun([interruption.status ?? .done, status])
      }
    }
  }
}
