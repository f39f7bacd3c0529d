import StorageCore

/// Stores a file in a conversation, says so there, and fetches all files of the conversation into a directory.
func share(_ file: LocalPath, copyingInto directory: LocalPath, _ environment: Environment) async throws -> [Message] {
  return try await OpenProject.withOpen(for: Configuration(environment: environment)) { project in
    var options = UploadOptions()
    options.continuationID = "7d3f"  // The conversation is made if there is none.
    let stored = try await project.upload(.file(file), options)
    if let error = stored.error { throw error }

    // Saved again with the same key, a message is still there once.
    let conversation = try await project.conversation("7d3f")
    let words = "\(stored.originalName) is stored as \(stored.storagePath ?? "")"
    try await project.saveMessage(in: conversation, role: .assistant, content: words, key: "stored 1")

    var files: [FileReference] = []
    try await project.list(FileQuery(conversation: conversation), limit: nil) { files.append(.id($0.id)) }
    for file in files {
      _ = try await project.download(file, to: .directory(directory))
    }
    return try await project.history(of: conversation, limit: 20).messages
  }
}
