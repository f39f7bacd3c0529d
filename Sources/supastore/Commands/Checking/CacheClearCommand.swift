internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// `supastore cache clear`
enum CacheClearCommand: Command {
  static let declaration = Declaration(
    "cache clear", abstract: "Remove all downloaded files from the cache",
    discussion: "Nothing in the project is touched, and no download is harmed: it only asks the project again.",
    examples: [Example("supastore cache clear", "Make room")])

  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    let removed =
      try await context.cache(configuration)?.clear() ?? DownloadCache.Contents()
    if context.console.isJSON {
      try context.console.result([
        "type": "cache-cleared", "files": JSONDocument(removed.fileCount), "bytes": JSONDocument(removed.byteCount),
      ])
    } else {
      try context.console.result("\(removed.fileCount) files removed, \(ByteSize(removed.byteCount))")
    }
    return .done
  }
}
