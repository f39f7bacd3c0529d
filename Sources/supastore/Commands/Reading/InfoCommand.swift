internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore info REF`
enum InfoCommand {
  static let reference = Operand<FileReference>("ref", help: "The file's id or its storage path.")

  static let declaration = Declaration(
    "info", abstract: "Show all there is to know of a stored file",
    discussion: """
      Shows the file's row, the conversations it is linked to, and whether its object is in the bucket. Its content is \
      not read. The exit status is 8 when the object is missing or has another size than the row says.
      """,
    examples: [
      Example("supastore info uploads/7d3f/notes.0d1f6f0e5a3c8b6e.txt", "Look at one file"),
      Example("supastore info --json 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b | jq .object", "Only its object"),
    ],
    reference)
}

extension InfoCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let (info, mode) = try await context.withProject(context.configuration(arguments)) { project in
      (try await project.info(arguments[reference]), project.mode)
    }
    if info.backend == .local, mode != .local {
      context.console.note("it waits in the local store: 'supastore sync' sends it")
    }
    if context.console.isJSON {
      try context.console.result(info.json + .origin(mode, info.backend))
    } else {
      try context.console.result(facts: info.facts)
    }
    return if case .present = info.state { .done } else { .different }
  }
}

extension FileInfo {
  fileprivate var json: JSONDocument {
    let object: JSONDocument =
      state.object.map {
        ["size_bytes": JSONDocument($0.byteCount), "etag": JSONDocument($0.etag), "version": JSONDocument($0.version)]
      } ?? .null
    return ["type": "info"] + row.json + [
      "conversations": .array(conversations.map(\.json)), "state": .string(state.word), "object": object,
    ]
  }

  fileprivate var facts: [(String, String)] {
    var facts = [
      ("id", row.id.description), ("name", row.originalName), ("bucket", row.bucket), ("storage path", row.storagePath),
      ("file type", row.type.rawValue), ("media type", row.mediaType ?? "unknown"),
      ("size", row.byteCount.map { "\(ByteSize($0)) (\($0) bytes)" } ?? "unknown"),
      ("sha256", row.metadata.sha256 ?? "unknown"), ("created", minute(of: row.createdAt)),
    ]
    if let path = row.metadata.relativePath, path != row.originalName { facts.insert(("relative path", path), at: 2) }
    if let expiry = row.metadata.expiresAt { facts.append(("expires", minute(of: expiry))) }
    if !row.metadata.other.isEmpty { facts.append(("metadata", JSONDocument(row.metadata.other).line)) }
    if conversations.isEmpty { facts.append(("conversation", "none")) }
    for conversation in conversations { facts.append(("conversation", conversation.continuationID)) }
    facts.append(("object", state.description))
    if let etag = state.object?.etag { facts.append(("etag", etag)) }
    return facts
  }
}

extension FileInfo.ObjectState {
  fileprivate var word: String {
    switch self {
    case .present: "present"
    case .missing: "missing"
    case .differentSize: "different_size"
    }
  }

  fileprivate var description: String {
    switch self {
    case .present: "present"
    case .missing: "missing: the row is there, its object is not; store the file again"
    case .differentSize(let object):
      "of another size than the row says: \(object.byteCount.map { "\($0) bytes" } ?? "unknown")"
    }
  }
}
