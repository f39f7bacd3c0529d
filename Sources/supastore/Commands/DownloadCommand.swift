internal import CommandTable
internal import StorageCore

/// `supastore download REF`
enum DownloadCommand {
  static let reference = Operand<FileReference>("ref", help: "The file's id or its storage path.")
  static let output = Option<LocalPath?>(
    "output", short: "o", value: "FILE|DIR|-",
    help: "Where to: a file, a directory, or - for standard output. Without it: the current directory.")
  static let force = Flag("force", short: "f", help: "Replace a file that is there.")

  static let declaration = Declaration(
    "download", aliases: ["get"], abstract: "Fetch one stored file and verify it",
    discussion: """
      The target is either as it was before or the whole file, verified against its SHA-256; never a part of it.
      """,
    examples: [
      Example("supastore download 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "Fetch a file into the current directory"),
      Example("supastore download uploads/7d3f/notes.0d1f6f0e5a3c8b6e.txt -o - | less", "Read a file"),
    ],
    reference, output, force)
}

extension DownloadCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let target = target(arguments[output], context.console)
    return try await context.withProject(context.configuration(arguments)) { project in
      let file = try await project.download(arguments[reference], to: target, replacing: arguments[force])
      let console = context.console
      if !file.isVerified {
        console.warning("the row of \(file.row.storagePath) holds no digest: only the size was compared")
      }
      guard let path = file.path else { return .done }
      if console.isJSON {
        try console.result([
          "type": "download", "id": .string(file.row.id.description), "bucket": .string(file.row.bucket),
          "storage_path": .string(file.row.storagePath), "original_name": .string(file.row.originalName),
          "path": .string(path.string ?? path.description), "path_base64": JSONDocument(path.base64UnlessUTF8),
          "size_bytes": JSONDocument(file.byteCount), "sha256": .string(file.sha256),
          "verified": .bool(file.isVerified),
        ])
      } else {
        try console.result("\(path)")
      }
      return .done
    }
  }

  private static func target(_ path: LocalPath?, _ console: Console) -> DownloadTarget {
    guard let path else { return .directory(.currentDirectory) }
    if path.bytes == [UInt8(ascii: "-")] { return .sink { try console.result(bytes: $0) } }
    return path.namesDirectory ? .directory(path) : .file(path)
  }
}
