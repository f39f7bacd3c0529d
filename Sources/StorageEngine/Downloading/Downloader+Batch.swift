internal import Glibc
internal import StorageFiles
package import StorageModel
internal import StoragePlaces

extension Downloader {
  /// Downloads one file. The target is absent, what it was before, or the whole verified content; never less.
  ///
  /// Throws what a sink throws, `.notFound` without a row, `.objectMissing` when the row has no object, `.integrity`
  /// when the bytes are not those that were stored, `.unwritable` when the target cannot be written, `.conflict` when it
  /// is there already, `.configuration` for a range beyond the file's end, `.unreachable` when only the cache may be
  /// asked and does not hold it.
  package func download(
    _ reference: FileReference, to target: DownloadTarget, options: DownloadOptions = DownloadOptions()
  ) async throws -> DownloadedFile {
    guard let row = try await rows(of: [reference]).first?.get() else { throw StorageError.noFile(reference) }
    return try await download(row, to: target, options: options)
  }

  /// Downloads the file of a row.
  package func download(
    _ row: FileRow, to target: DownloadTarget, options: DownloadOptions = DownloadOptions()
  ) async throws -> DownloadedFile {
    let fetched = try await fetch(row, to: target, options)
    if case .sink(let write) = target { try fetched.content.forEachPiece(of: fetched.range, write) }
    return fetched.file
  }

  /// Downloads many, `options.jobs` at a time, and reports each: in the order of completion, for a sink in the order
  /// in which they were named. What was named twice comes once, but to a sink twice. Of two that would get one path the
  /// later one is a `.conflict`, whatever may be replaced. The target's directory is made when it is missing.
  ///
  /// Throws what `report` or a sink throws, and then ends what is under way.
  package func download(
    _ references: [FileReference], to target: DownloadTarget, options: DownloadOptions = DownloadOptions(),
    report: (DownloadOutcome) throws -> Void
  ) async throws {
    target.makeDirectory()
    var claims = Claims(target)
    var rest = references[...]
    while !rest.isEmpty {
      let page = Array(rest.prefix(500))
      rest = rest.dropFirst(page.count)
      let items = zip(page, await rows(of: page)).map { Item(reference: $0, row: $1) }
      try await download(items, to: target, options, &claims, report)
    }
  }

  /// Downloads all files of a conversation, as the other does. Throws `.notFound` when there is no such conversation.
  package func download(
    conversation continuationID: String, to target: DownloadTarget, options: DownloadOptions = DownloadOptions(),
    report: (DownloadOutcome) throws -> Void
  ) async throws {
    let project = try online(for: "the list of a conversation's files")
    let query = FileQuery(conversation: try await project.conversation(continuationID))
    target.makeDirectory()
    var claims = Claims(target)
    var cursor: PageCursor?
    while true {
      let page = try await project.rows.files(matching: query, after: cursor)
      let items = page.elements.map { Item(reference: .id($0.id), row: .success($0)) }
      try await download(items, to: target, options, &claims, report)
      guard !page.isLast, let last = page.elements.last else { return }
      cursor = PageCursor(after: last, in: query.order)
    }
  }

  /// The newest file of that original name in a conversation, and how many older ones have it. Throws `.notFound` when
  /// there is none.
  package func newest(
    named name: String, conversation continuationID: String
  ) async throws(StorageError) -> (row: FileRow, olderCount: Int) {
    let project = try online(for: "the list of a conversation's files")
    let query = FileQuery(
      conversation: try await project.conversation(continuationID), name: name, order: .newest)
    let page = try await project.rows.files(matching: query, after: nil, limit: 1)
    guard let row = page.elements.first else {
      throw StorageError(
        .notFound, "no file named \(name) is in the conversation \(continuationID)",
        hint: "`supastore list --conversation ID` shows what is")
    }
    return (row, page.followingCount)
  }
}

// MARK: - Several at a time

extension Downloader {
  private struct Item: Sendable {
    var reference: FileReference
    var row: Result<FileRow, StorageError>
  }

  /// Who gets which path of a target.
  private struct Claims {
    enum Answer {
      case free, repeated
      case taken(LocalPath)
    }

    private let target: DownloadTarget
    private var owners: [LocalPath: FileID] = [:]

    init(_ target: DownloadTarget) {
      self.target = target
    }

    mutating func claim(_ row: FileRow) -> Answer {
      guard let path = DownloadPlace.path(of: row, in: target) else { return .free }
      guard let owner = owners[path] else {
        owners[path] = row.id
        return .free
      }
      return owner == row.id ? .repeated : .taken(path)
    }
  }

  private typealias Settled = (index: Int, reference: FileReference, result: Result<Fetched, StorageError>)

  private func download(
    _ items: [Item], to target: DownloadTarget, _ options: DownloadOptions, _ claims: inout Claims,
    _ report: (DownloadOutcome) throws -> Void
  ) async throws {
    let wanted = items.compactMap { Self.claimed($0, &claims) }
    var sink: (@Sendable (UnsafeRawBufferPointer) throws -> Void)?
    if case .sink(let write) = target { sink = write }
    try await withThrowingTaskGroup(of: Settled.self) { group in
      var (started, reported, running) = (0, 0, 0)
      var settled: [Int: Settled] = [:]
      while reported < wanted.count {
        // What waits for its turn at the sink counts as under way: it holds a file open.
        while started < wanted.count, (sink == nil ? running : started - reported) < max(1, options.jobs) {
          let (index, item) = (started, wanted[started])
          group.addTask { (index, item.reference, await self.result(of: item, target, options)) }
          started += 1
          running += 1
        }
        guard let next = try await group.next() else { return }
        running -= 1
        settled[sink == nil ? reported : next.index] = next
        while let next = settled.removeValue(forKey: reported) {
          if let sink, case .success(let fetched) = next.result {
            try fetched.content.forEachPiece(of: fetched.range, sink)
          }
          reported += 1
          try report(DownloadOutcome(reference: next.reference, result: next.result.map(\.file)))
        }
      }
    }
  }

  /// Nil for what was wanted before.
  private static func claimed(_ item: Item, _ claims: inout Claims) -> Item? {
    guard case .success(let row) = item.row else { return item }
    switch claims.claim(row) {
    case .free: return item
    case .repeated: return nil
    case .taken(let path):
      let error = StorageError(
        .conflict, "\(row.storagePath) would be \(path), which another file of this download is",
        hint: "download it on its own: supastore download \(row.id) -o FILE")
      return Item(reference: item.reference, row: .failure(error))
    }
  }

  private func result(
    of item: Item, _ target: DownloadTarget, _ options: DownloadOptions
  ) async -> Result<Fetched, StorageError> {
    do throws(StorageError) {
      return .success(try await fetch(item.row.get(), to: target, options))
    } catch {
      return .failure(error)
    }
  }
}

extension DownloadTarget {
  /// Makes the directory, unless something is there or it cannot be made: both will show.
  fileprivate func makeDirectory() {
    switch self {
    case .file, .sink: break
    case .directory(let path), .tree(let path): _ = path.withCString { mkdir($0, 0o777) }
    }
  }
}
