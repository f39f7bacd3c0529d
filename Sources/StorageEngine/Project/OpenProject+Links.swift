public import StorageModel
internal import StoragePlaces

/// What linking or unlinking files did. Every file that was named is in one of the three, once.
public struct LinkReport: Sendable {
  /// Nil when there was none and none was made, as none of the files is stored.
  public var conversation: Conversation?
  /// Files that were linked, or unlinked, by this call; in the order in which they were named.
  public var changed: [FileID] = []
  /// Files that were so already.
  public var already: [FileID] = []
  /// Those that could not be changed, each with its reason.
  public var failed: [(file: FileReference, error: StorageError)] = []
  /// What Supabase was down with, when the links were changed in the local store, from where `sync` sends them. The
  /// conversation's uuid is then one of the local store.
  public var outage: StorageError?

  package init() {}
}

extension OpenProject {
  private static let linksPerRequest = 500

  /// Links files to a conversation. Files that are not stored are reported and stop none of the others; files that are
  /// linked already stay so.
  ///
  /// The conversation is named by its continuation id or the uuid of its row. If there is none it is made, or, without
  /// `creating`, `.notFound` is thrown. While Supabase is down only files that wait in the local store can be linked.
  public func link(
    _ files: [FileReference], to conversation: String, creating: Bool = true
  ) async throws(StorageError) -> LinkReport {
    try await kept { project throws(StorageError) in
      try await project.linkHere(files, to: conversation, creating: creating)
    }
  }

  private func linkHere(
    _ files: [FileReference], to conversation: String, creating: Bool
  ) async throws(StorageError) -> LinkReport {
    var (stored, report) = try await find(files)
    if creating, !stored.isEmpty {
      report.conversation = try await saveConversation(conversation).conversation
    } else {
      report.conversation = try await findConversation(conversation)
      if !creating, report.conversation == nil { throw .noConversation(conversation) }
    }
    guard let target = report.conversation else { return report }
    try await inParts(stored, &report) { part, report async throws(StorageError) in
      try await link(part, to: target, &report)
    }
    return report
  }

  /// Links one file. Throws `.notFound` when it is not stored.
  /// - Returns: whether it was not linked before.
  @discardableResult
  public func link(
    _ file: FileReference, to conversation: String, creating: Bool = true
  ) async throws(StorageError) -> Bool {
    let report = try await link([file], to: conversation, creating: creating)
    if let failure = report.failed.first { throw failure.error }
    return !report.changed.isEmpty
  }

  /// Takes files out of a conversation; files and conversation stay. Files that are not linked stay so; files that are not
  /// stored are reported and stop none of the others. Throws `.notFound` when there is no conversation of that
  /// continuation id, nor one whose row has that uuid.
  public func unlink(_ files: [FileReference], from conversation: String) async throws(StorageError) -> LinkReport {
    try await kept { project throws(StorageError) in try await project.unlinkHere(files, from: conversation) }
  }

  private func unlinkHere(
    _ files: [FileReference], from conversation: String
  ) async throws(StorageError) -> LinkReport {
    let target = try await self.conversation(conversation)
    var (stored, report) = try await find(files)
    report.conversation = target
    try await inParts(stored, &report) { part, report async throws(StorageError) in
      report.note(part, changed: try await rows.unlink(part, from: target))
    }
    return report
  }

  /// What `body` did here or, while the service is down, in the local store.
  private func kept(
    _ body: (OpenProject) async throws(StorageError) -> LinkReport
  ) async throws(StorageError) -> LinkReport {
    var (report, outage) = try await fallingBack(body)
    guard let outage else { return report }
    report.outage = outage
    // What is not here may be there.
    report.failed = report.failed.map { ($0.file, $0.error.code == .notFound ? outage : $0.error) }
    return report
  }

  /// Calls `body` with as many files at a time as one request takes. An error is that of the whole as long as nothing was
  /// changed; later it is that of all files that are left, so that what was changed is told.
  private func inParts(
    _ files: [FileID], _ report: inout LinkReport,
    _ body: ([FileID], inout LinkReport) async throws(StorageError) -> Void
  ) async throws(StorageError) {
    var rest = files[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(Self.linksPerRequest))
      do throws(StorageError) {
        try await body(part, &report)
      } catch {
        guard !report.changed.isEmpty || !report.already.isEmpty else { throw error }
        let told = Set((report.changed + report.already).map { .id($0) } + report.failed.map(\.file))
        for id in rest where !told.contains(.id(id)) { report.failed.append((.id(id), error)) }
        return
      }
      rest.removeFirst(part.count)
    }
  }

  /// Links files of which one or the other may have been removed since it was seen.
  private func link(
    _ files: [FileID], to conversation: Conversation, _ report: inout LinkReport
  ) async throws(StorageError) {
    var rest = files
    while !rest.isEmpty {
      do throws(StorageError) {
        return report.note(rest, changed: try await rows.link(rest, to: conversation))
      } catch {
        guard error.code == .notFound else { throw error }
        let there = Set(try await rows.files(ids: rest).map(\.id))
        // All of them are there: it is the conversation that is gone.
        guard there.count < rest.count else { throw error }
        for id in rest where !there.contains(id) { report.failed.append((.id(id), .noFile(.id(id)))) }
        rest.removeAll { !there.contains($0) }
      }
    }
  }

  /// The ids of the files that are stored, each once; the others are in the report.
  private func find(_ files: [FileReference]) async throws(StorageError) -> (stored: [FileID], LinkReport) {
    var found: [FileReference: FileRow] = [:]
    try await rows.find(Set(files), into: &found)
    var stored: [FileID] = []
    var report = LinkReport()
    var seen: Set<FileID> = []
    var missing: Set<FileReference> = []
    for file in files {
      if let id = found[file]?.id {
        if seen.insert(id).inserted { stored.append(id) }
      } else if missing.insert(file).inserted {
        report.failed.append((file, .noFile(file)))
      }
    }
    return (stored, report)
  }
}

extension LinkReport {
  fileprivate mutating func note(_ files: [FileID], changed: Set<FileID>) {
    for file in files {
      if changed.contains(file) { self.changed.append(file) } else { already.append(file) }
    }
  }
}
