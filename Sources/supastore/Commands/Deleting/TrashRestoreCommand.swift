internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore trash restore`
enum TrashRestoreCommand {
  static let files = TrashSelection.files
  static let run = TrashSelection.run
  static let conversation = TrashSelection.conversation

  static let declaration = Declaration(
    "trash restore", abstract: "Bring deleted files back",
    discussion: """
      Each comes back with its id, its path and everything its row held, and with its links to those conversations that \
      exist. A conversation that was deleted does not come back by itself: make it again before, with the same id, and \
      the links are made, too.
      """,
    examples: [
      Example("supastore trash restore 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "One file"),
      Example("supastore trash restore --run 3f0c6e1a-6a0b-4a55-9d3e-1c2b3a4d5e6f", "Undo a cleanup"),
      Example("supastore trash restore --conversation 7d3f", "The files of a deleted conversation"),
    ],
    files, run, conversation)
}

extension TrashRestoreCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    return try await context.withProject(context.configuration(arguments)) { project in
      let (entries, failed) = try await TrashSelection.entries(arguments, in: project)
      let restorations = try await project.restore(entries)
      for (file, error) in failed where !console.isJSON {
        console.warning("\(file): \(error.message)", hint: error.hint)
      }
      for restoration in restorations {
        if console.isJSON {
          try console.result(restoration.json)
        } else if let error = restoration.error {
          console.warning("\(restoration.object.key): \(error.message)", hint: error.hint)
        } else {
          try console.result("restored \(restoration.object.key), \(counted(restoration.linkCount, "link"))")
        }
      }
      console.warnOfNextCleanup(restorations, entries)
      let errors = failed.map(\.error) + restorations.compactMap(\.error)
      if console.isJSON {
        try console.result(
          [
            "type": "restore", "restored": JSONDocument(restorations.count { $0.error == nil }),
            "failed": .array(
              failed.map { ["file": .string($0.file.description), "error": $0.error.json] }),
          ] + project.origin)
      } else if entries.isEmpty, failed.isEmpty {
        console.note("nothing of it is in the trash")
      }
      return .ofItems(
        succeeded: restorations.count { $0.error == nil }, failures: errors.map { ExitStatus($0) })
    }
  }
}

extension Console {
  /// What a cleanup took is what the next one would take again.
  fileprivate func warnOfNextCleanup(_ restorations: [Restoration], _ entries: [TrashEntry]) {
    let restored = Set(restorations.filter { $0.result == .restored }.map(\.object))
    let rules = entries.filter { restored.contains($0.object) }.map(\.rule)
    let orphans = restorations.count { $0.result == .restored && $0.linkCount == 0 }
    if orphans > 0 {
      warning(
        "\(counted(orphans, "file")) linked to no conversation: once older than its grace, a cleanup takes such files",
        hint: "link what is wanted: supastore link --conversation ID FILE...")
    }
    let expired = rules.count { $0 == .expired }
    if expired > 0 {
      warning(
        "\(counted(expired, "file")) with a time that is over, as before: the next cleanup --expired would take it again",
        hint: "store what is wanted again, with a later --expires or none")
    }
  }
}
