internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore delete FILE...`
enum DeleteCommand {
  static let files = Operand<[FileReference]>("file", .oneOrMore, help: "Ids or storage paths of stored files.")
  static let dryRun = Flag("dry-run", short: "n", help: "Show what would be deleted, and delete nothing.")
  static let everywhere = Flag("everywhere", help: "Also files that are linked to more than one conversation.")
  static let now = Flag("now", help: "Delete for good, at once: nothing stays in the trash.")

  static let declaration = Declaration(
    "delete", aliases: ["rm"], abstract: "Delete stored files: move them to the trash",
    discussion: """
      The rows go into the trash, and the objects stay where they are until 'supastore cleanup' purges them 30 days later; \
      'supastore trash restore' brings a file back with its links. Storing it again does so, too. With --now the objects \
      are deleted at once, and proved to be gone.

      A file that is linked to more than one conversation is refused (exit status 7). One that is not there any more is \
      already absent, which is no failure. A file that waits in the local store is never sent.

      Asks on a terminal; elsewhere --yes has to be given.
      """,
    examples: [
      Example("supastore delete 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "Delete a file"),
      Example("supastore delete --dry-run uploads/7d3f/report.0d1f6f0e5a3c8b6e.pdf", "Only look"),
      Example("supastore delete --yes --now 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "For good, from a script"),
    ],
    files, dryRun, everywhere, now, Confirmation.yes)
}

extension DeleteCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    return try await context.withProject(context.configuration(arguments)) { project in
      let deletion = Deletion(project, everywhere: arguments[everywhere], purgingAtOnce: arguments[now])
      let preview = try await deletion.preview(arguments[files])
      let found = preview.filter { $0.status == .found }
      if arguments[dryRun] { return try console.show(preview, run: nil, of: project) }
      // A repeated --now may have to end a purge.
      if found.isEmpty, !arguments[now] { return try console.show(preview, run: nil, of: project) }
      var byteCounts: [ObjectAddress: Int64] = [:]
      for removal in found { byteCounts[removal.object] = removal.byteCount ?? 0 }
      if arguments[now] {
        for entry in try await deletion.inTrash(arguments[files]) where entry.state == .trashed {
          byteCounts[entry.object] = entry.byteCount ?? 0
        }
      }
      if !byteCounts.isEmpty {
        let files = "\(counted(byteCounts.count, "file")) (\(ByteSize(byteCounts.values.sum)))"
        let question = arguments[now] ? "delete \(files) for good?" : "move \(files) to the trash?"
        guard try Confirmation.isGiven(question, arguments, on: console) else { return .failed }
      }
      let removals = try await deletion.delete(arguments[files])
      return try console.show(removals, run: deletion.run.runText, of: project)
    }
  }
}

extension Console {
  /// Prints what became of what somebody named, and returns how the command ends.
  func show(_ removals: [Removal], run: String?, of project: OpenProject) throws(OutputError) -> ExitStatus {
    let now = project.time ?? .now
    for removal in removals {
      if isJSON {
        try result(removal.json(at: now))
      } else if let error = removal.error {
        warning("\(removal.subject): \(error.message)", hint: error.hint)
      } else {
        try result(removal.line)
      }
    }
    if isJSON {
      func count(_ status: Removal.Status) -> JSONDocument { JSONDocument(removals.count { $0.status == status }) }
      try result(
        [
          "type": "deletion", "run_id": JSONDocument(run), "found": count(.found), "trashed": count(.trashed),
          "purged": count(.purged), "already_absent": count(.absent), "failed": count(.failed),
        ] + project.origin)
    }
    return .of(removals)
  }
}

extension Removal {
  /// For people.
  fileprivate var line: String {
    let size = byteCount.map { ", \(ByteSize($0))" } ?? ""
    let links = linkCount > 0 ? ", \(counted(linkCount, "link"))" : ""
    return switch status {
    case .found: "would delete \(subject)\(size)\(links)"
    case .absent: "already absent: \(subject)"
    default: "\(status.rawValue) \(subject)\(size)\(links)"
    }
  }
}
