internal import CommandTable
internal import StorageCore

/// `supastore upload PATH`
enum UploadCommand {
  static let file = Operand<LocalPath>("path", help: "The file to store.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", kind: .conversation,
    help: "Link the file to the conversation with this continuation id.")
  static let type = Option<FileType>(
    "type", default: .userUpload, help: "What the file is; it decides the bucket and the storage path.")

  static let declaration = Declaration(
    "upload", aliases: ["put"], abstract: "Store one file, with its row and a proof",
    discussion: """
      Prints the file's id and storage path when its bytes are proved to be in the bucket and its row is committed. \
      Storing the same file again sends nothing and prints the same id.
      """,
    examples: [
      Example("supastore upload report.pdf --conversation 7d3f", "Store a file and link it to a conversation"),
      Example("supastore upload --json chart.png --type generated", "Store a generated file; the result as JSON"),
    ],
    file, conversation, type)
}

extension UploadCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    try await context.withProject(context.configuration(arguments)) { project in
      try await Interruption.caught(on: context.console) { interruption in
        let outcome = try await project.upload(
          arguments[file], type: arguments[type], continuationID: arguments[conversation]?.text, stop: interruption.stop
        )
        if let error = outcome.error { throw error.naming(arguments[file]) }
        if context.console.isJSON {
          try context.console.result(outcome.json)
        } else {
          let place = "\(outcome.id?.description ?? "") \(outcome.storagePath ?? "")"
          try context.console.result("\(outcome.status.rawValue) \(place)")
        }
        return .done
      }
    }
  }
}

extension StorageError {
  /// The error with the file it is about in front, unless its message names it already.
  fileprivate func naming(_ path: LocalPath) -> StorageError {
    var error = self
    if !message.contains(path.description) { error.message = "\(path): \(message)" }
    return error
  }
}
