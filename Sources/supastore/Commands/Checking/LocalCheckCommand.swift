internal import CommandTable
internal import StorageCore
internal import SupastoreShell
internal import Synchronization

/// `supastore local check`
enum LocalCheckCommand {
  static let quick = Flag("quick", help: "Read no content: only see that it is there and has its length.")
  static let declaration = Declaration(
    "local check", abstract: "Look through the local store for damage",
    discussion: """
      Looks at the database, at every content (it is read and compared with its digest), and at the sidecars from which \
      the database could be made again. Changes nothing.

      The exit status is 12 when something is damaged. What is merely left over is told and changes nothing. Where there \
      is no local store nothing is damaged: the status is 0.
      """,
    examples: [
      Example("supastore local check", "Read everything"),
      Example("supastore local check --quick --json | jq -r .message", "What is wrong, without reading the contents"),
    ],
    quick)
}

extension LocalCheckCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    let console = context.console
    let store = try LocalStoreDirectory(in: configuration.stateDirectory())
    let isQuick = arguments[quick]
    let broken = Mutex<OutputError?>(nil)
    let outcome: Result<LocalCheck, StorageError> = await console.showingProgress(of: store.meter) {
      do throws(StorageError) {
        return .success(
          try await store.check(quick: isQuick) { finding in
            do throws(OutputError) {
              try show(finding, on: console)
            } catch {
              broken.withLock { $0 = $0 ?? error }
            }
          })
      } catch {
        return .failure(error)
      }
    }
    if let error = broken.withLock({ $0 }) { throw error }
    let check = try outcome.get()
    if console.isJSON {
      try console.result(check.json(of: store.path) + .origin(configuration.mode, .local))
    } else if check.isThere {
      try console.result(check.line)
    } else {
      try console.result("there is no local store in \(store.path)")
    }
    return check.damageCount > 0 ? .damaged : .done
  }

  private static func show(_ finding: LocalFinding, on console: Console) throws(OutputError) {
    if console.isJSON {
      try console.result(finding.json)
    } else {
      try console.result("\(finding.isDamage ? "damaged" : "harmless"): \(finding.message)")
    }
  }
}

extension LocalFinding {
  fileprivate var json: JSONDocument {
    [
      "type": "finding", "kind": .string(kind.rawValue), "damage": .bool(isDamage), "message": .string(message),
      "sha256": JSONDocument(sha256?.hex), "bucket": JSONDocument(bucket), "storage_path": JSONDocument(storagePath),
    ]
  }
}

extension LocalCheck {
  fileprivate func json(of path: LocalPath) -> JSONDocument {
    [
      "type": "summary", "path": .string(path.string ?? path.description), "exists": .bool(isThere),
      "files": JSONDocument(fileCount), "objects": JSONDocument(objectCount), "blobs": JSONDocument(blobCount),
      "bytes": JSONDocument(byteCount), "unnamed": JSONDocument(unnamedCount), "damage": JSONDocument(damageCount),
      "harmless": JSONDocument(harmlessCount),
    ]
  }

  fileprivate var line: String {
    let blobs = "\(blobCount) blobs, \(ByteSize(byteCount))"
    let findings = damageCount == 0 ? "nothing is damaged" : "\(damageCount) damaged"
    return (fileCount.map { "\($0) files, " } ?? "") + "\(blobs): \(findings)"
  }
}
