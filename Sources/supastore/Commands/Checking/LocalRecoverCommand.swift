internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// `supastore local recover`
enum LocalRecoverCommand {
  static let dryRun = Flag("dry-run", help: "Only say what would be recovered; change nothing.")
  static let declaration = Declaration(
    "local recover", abstract: "Make the damaged or missing database of the local store again",
    discussion: """
      Takes what can still be read of the database, and the rest from the contents and the sidecars beside them. The old \
      database is kept under another name. Contents that are not what their names say are left as they are, and their \
      files are told as lost. What is not known to be in Supabase waits for 'supastore sync' again.

      A database that is whole is not touched, and neither is one of another program or of a newer version. The exit \
      status is 3 when contents are lost.
      """,
    examples: [
      Example("supastore local recover --dry-run", "Say what would be recovered"),
      Example("supastore local recover", "Recover it"),
    ],
    dryRun)
}

extension LocalRecoverCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    let console = context.console
    let store = try LocalStoreDirectory(in: configuration.stateDirectory())
    let isDryRun = arguments[dryRun]
    let outcome: Result<LocalRecovery, StorageError> = await console.showingProgress(of: store.meter) {
      do throws(StorageError) {
        return .success(try await store.recover(dryRun: isDryRun))
      } catch {
        return .failure(error)
      }
    }
    let recovery = try outcome.get()
    if console.isJSON {
      try console.result(recovery.json + .origin(configuration.mode, .local))
    } else {
      for line in recovery.lines(of: store.path) { try console.result(line) }
    }
    return recovery.lostFiles.isEmpty ? .done : .someFailed
  }
}

extension LocalRecovery {
  fileprivate var json: JSONDocument {
    [
      "type": "recovery", "status": .string(status.rawValue), "files": JSONDocument(fileCount),
      "objects": JSONDocument(objectCount), "conversations": JSONDocument(conversationCount),
      "messages": JSONDocument(messageCount), "links": JSONDocument(linkCount), "waiting": JSONDocument(waitingCount),
      "salvaged": .bool(wasSalvaged), "damaged_blobs": .array(damagedBlobs.map(\.damagedBlob)),
      "lost_files": .array(lostFiles.map(\.json)), "skipped_lines": JSONDocument(skippedLineCount),
      "skipped_rows": JSONDocument(skippedRowCount),
      "old_database": JSONDocument(oldDatabase.map { $0.string ?? $0.description }),
    ]
  }

  fileprivate func lines(of path: LocalPath) -> [String] {
    switch status {
    case .none: return ["there is no local store in \(path)"]
    case .healthy:
      return ["the database is whole, nothing to recover; 'supastore local check' looks at the contents, too"]
    case .recovered, .planned: break
    }
    var lines = damagedBlobs.map { "left as it is: \($0.message)" }
    lines += lostFiles.map { "lost: \($0.storagePath) (\($0.id))" }
    lines.append(
      (status == .planned ? "would be recovered: " : "recovered: ")
        + "\(fileCount) files, \(objectCount) objects, \(conversationCount) conversations, \(messageCount) messages, "
        + "\(linkCount) links; \(waitingCount) changes wait for Supabase")
    if skippedLineCount > 0 { lines.append("\(skippedLineCount) lines of sidecars could not be read") }
    if skippedRowCount > 0 { lines.append("\(skippedRowCount) rows of the old database could not be kept") }
    if let oldDatabase { lines.append("the old database is \(oldDatabase)") }
    return lines
  }
}

extension LocalFinding {
  fileprivate var damagedBlob: JSONDocument {
    ["sha256": JSONDocument(sha256?.hex), "message": .string(message)]
  }
}

extension LocalRecovery.LostFile {
  fileprivate var json: JSONDocument {
    ["id": .string(id.description), "storage_path": .string(storagePath), "sha256": JSONDocument(sha256?.hex)]
  }
}
