internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// `supastore cache info`
enum CacheInfoCommand: Command {
  static let declaration = Declaration(
    "cache info", abstract: "Show where downloaded files are kept, how many and how much",
    examples: [
      Example("supastore cache info", "Where the cache lies and how full it is"),
      Example("supastore cache info --json | jq .bytes", "How many bytes it holds"),
    ])

  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    let path = try configuration.cacheDirectory()
    let contents = try await context.cache(configuration)?.contents()
    if context.console.isJSON {
      try context.console.result([
        "type": "cache", "path": JSONDocument(path.map { $0.string ?? $0.description }),
        "files": JSONDocument(contents?.fileCount ?? 0), "bytes": JSONDocument(contents?.byteCount ?? 0),
        "limit": JSONDocument(configuration.cacheByteLimit),
      ])
    } else {
      let contents = contents ?? DownloadCache.Contents()
      try context.console.result("\(path?.description ?? "no place for a cache")")
      try context.console.result(
        "\(contents.fileCount) files, \(ByteSize(contents.byteCount)) of at most \(ByteSize(configuration.cacheByteLimit))"
      )
    }
    return .done
  }
}
