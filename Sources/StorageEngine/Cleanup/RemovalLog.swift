internal import FoundationEssentials
internal import Glibc
internal import StorageFiles
internal import StorageFormats
internal import StorageModel

/// What is about to be removed, written down on this machine before it happens: one line of JSON each, in a file for each
/// month in the state directory. Lines are only ever added. The database keeps a record of its own, `supastore_audit`.
actor RemovalLog {
  enum Action: String {
    case trash, purge
    case conversation
  }

  private let executor = BlockingExecutor(label: "supastore.removals")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let directory: LocalPath
  private let project: String
  private let run: UUID

  /// - Parameter project: the URL of the project, or `local`.
  init(in directory: LocalPath, of project: String, run: UUID) {
    self.directory = directory
    self.project = project
    self.run = run
  }

  /// Outlives a crash of the machine once this returns.
  func note(_ action: Action, _ rule: TrashRule, _ removals: [(removal: Removal, row: JSONValue?)]) throws(StorageError)
  {
    if removals.isEmpty { return }
    let now = Timestamp.now
    var text: [UInt8] = []
    for (removal, row) in removals {
      text += line(action, rule, removal, row, now)
      text.append(UInt8(ascii: "\n"))
    }
    do throws(FileError) {
      try append(
        text, to: directory.appending(LocalPath(checked: Array("removals-\(now.description.prefix(7)).ndjson".utf8))))
    } catch {
      throw StorageError(error)
    }
  }

  private func line(
    _ action: Action, _ rule: TrashRule, _ removal: Removal, _ row: JSONValue?, _ now: Timestamp
  ) -> [UInt8] {
    var line = JSONWriter()
    func member(_ name: String, _ text: String?) {
      line.key(name)
      if let text { line.value(text) } else { line.null() }
    }
    line.beginObject()
    member("time", now.description)
    member("action", action.rawValue)
    member("rule", rule.rawValue)
    member("run_id", run.uuidString.lowercased())
    member("project", project)
    member("bucket", removal.object.bucket)
    member("storage_path", removal.object.key)
    member("id", removal.fileID?.description)
    member("sha256", removal.sha256)
    line.key("size_bytes")
    if let byteCount = removal.byteCount { line.value(byteCount) } else { line.null() }
    line.key("row")
    (row ?? .null).write(to: &line)
    line.endObject()
    return line.bytes
  }

  private func append(_ text: [UInt8], to path: LocalPath) throws(FileError) {
    let file = try FileDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
    var rest = text[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .failed(.write, path, code: count < 0 ? errno : ENOSPC) }
      rest.removeFirst(count)
    }
    guard fsync(file.number) == 0 else { throw .failed(.write, path, code: errno) }
  }
}

extension OpenProject {
  func removalLog(of run: UUID) throws(StorageError) -> RemovalLog {
    RemovalLog(in: try journalPlace().directory, of: url ?? "local", run: run)
  }
}
