package import CommandTable
package import FoundationEssentials
package import StorageCore

/// Which entries of the trash a command is about.
package enum TrashSelection {
  package static let files = Operand<[FileReference]>(
    "file", .zeroOrMore, help: "Ids or storage paths of deleted files.")
  package static let run = Option<RunID?>("run", value: "ID", help: "Everything that one run trashed, by its run_id.")
  package static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", help: "Everything that was deleted with this conversation, by its continuation id.")

  /// The entries that were named, and an error for each file that is not in the trash.
  package static func entries(
    _ arguments: Arguments, in project: OpenProject
  ) async throws -> (entries: [TrashEntry], failed: [(file: FileReference, error: StorageError)]) {
    let named = arguments[files]
    var query = TrashQuery(states: [.trashed])
    query.run = arguments[run]?.id
    query.continuationID = arguments[conversation]?.text
    let hasQuery = query.run != nil || query.continuationID != nil
    guard named.isEmpty == hasQuery else {
      throw UsageError(
        "what is meant: files, or a run or a conversation?", hint: "name files, or give --run or --conversation")
    }
    if hasQuery { return (try await project.trash.entries(matching: query), []) }
    let found = try await project.trash.entries(of: named)
    var seen: Set<ObjectAddress> = []
    var entries: [TrashEntry] = []
    var failed: [(FileReference, StorageError)] = []
    for file in named {
      guard let entry = found[file] else {
        failed.append((file, .notInTrash(file)))
        continue
      }
      if seen.insert(entry.object).inserted { entries.append(entry) }
    }
    return (entries, failed)
  }
}

/// The id of a run.
package struct RunID: ArgumentValue {
  package let id: UUID

  package init?(argument: RawArgument) {
    guard let text = argument.text, let id = UUID(uuidString: text) else { return nil }
    self.id = id
  }

  package static var kind: ValueKind { .text }
  package static var expected: String { "the run_id of a run" }
  package var argumentText: String { id.runText }
}

extension UUID {
  /// Of a run, as the database writes it.
  package var runText: String { uuidString.lowercased() }
}
