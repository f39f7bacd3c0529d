internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces

extension Downloader {
  /// A content that is all there, and is what it should be as far as that can be told.
  struct Fetched: Sendable {
    var file: DownloadedFile
    var content: any OpenContent
    /// The bytes of `content` that were wanted.
    var range: Range<Int64>
  }

  /// Fetches what `options` want of a row's file and, unless it is for a sink, gives it its place.
  func fetch(
    _ row: FileRow, to target: DownloadTarget, _ options: DownloadOptions
  ) async throws(StorageError) -> Fetched {
    do throws(StorageError) {
      let place = try await ContentWriter.shared.place(of: row, in: target, replacing: options.replaces)
      let digest = row.metadata.digest
      if let cache, let digest, let blob = await cache.blob(digest) {
        return try await take(blob, holding: digest, row, to: place, options)
      }
      return try await download(row, to: place, options)
    } catch {
      note(error)
      throw error
    }
  }

  private func take(
    _ blob: BlobFile, holding digest: SHA256Digest, _ row: FileRow, to place: DownloadPlace?,
    _ options: DownloadOptions
  ) async throws(StorageError) -> Fetched {
    var digest = digest
    let range = try options.range(of: row, byteCount: blob.byteCount) ?? 0..<blob.byteCount
    if options.range != nil { digest = try await ContentWriter.shared.digest(of: range, in: blob) }
    if let place {
      let file = try Self.newFile(at: place)
      try await ContentWriter.shared.copy(range, of: blob, to: file)
      try await ContentWriter.shared.commit(file, at: place, replacing: options.replaces)
    }
    let result = DownloadedFile(
      row: row, path: place?.path, byteCount: Int64(range.count), sha256: digest.hex, isVerified: true,
      source: .cache, part: options.range.map { _ in (range, blob.byteCount) })
    return Fetched(file: result, content: blob, range: range)
  }

  private func download(
    _ row: FileRow, to place: DownloadPlace?, _ options: DownloadOptions
  ) async throws(StorageError) -> Fetched {
    let project = try await holder(of: row)
    // The local store is as near as a cache could be.
    let cache = project.backend == .local ? nil : cache
    let total = options.range == nil ? row.byteCount : try await byteCount(of: row, project)
    let part = try total.flatMap { total throws(StorageError) in try options.range(of: row, byteCount: total) }
    var spool = place == nil && part == nil ? await cache?.spool(for: row.byteCount) : nil
    var file: PartialFile =
      if let place { try Self.newFile(at: place) } else if let spool { spool } else { try project.spool() }
    let received: IncomingObject.Received
    do throws(StorageError) {
      received = try await Self.receive(row, part, of: total, from: project, into: file)
    } catch {
      // A full disk below the cache is no reason to fail.
      guard error.code == .unwritable, spool != nil else { throw error }
      spool = nil
      file = try project.spool()
      received = try await Self.receive(row, part, of: total, from: project, into: file)
    }
    if part == nil, row.metadata.digest != nil {
      await cache?.add(
        file, isSpooled: spool != nil, received.sha256, byteCount: received.byteCount, of: row, in: projectURL)
    }
    if let place { try await ContentWriter.shared.commit(file, at: place, replacing: options.replaces) }
    let result = DownloadedFile(
      row: row, path: place?.path, byteCount: received.byteCount, sha256: received.sha256.hex,
      isVerified: part == nil && row.metadata.digest != nil, source: project.backend == .local ? .local : .remote,
      part: part.flatMap { part in total.map { (part, $0) } })
    return Fetched(file: result, content: file, range: 0..<received.byteCount)
  }

  private static func newFile(at place: DownloadPlace) throws(StorageError) -> PartialFile {
    do throws(FileError) {
      return try PartialFile(in: place.directory)
    } catch {
      throw StorageError(error, whileWriting: place.path)
    }
  }

  /// Of the whole object: as the row says, else as the service does.
  private func byteCount(of row: FileRow, _ project: OpenProject) async throws(StorageError) -> Int64 {
    if let byteCount = row.byteCount { return byteCount }
    guard let object = try await project.objects.object(row.storagePath, in: row.bucket) else {
      throw .objectMissing(of: row)
    }
    guard let byteCount = object.byteCount else {
      throw StorageError(
        .rejected, "nobody recorded how long \(row.storagePath) is, so there is no range of it",
        hint: "download the whole file")
    }
    return byteCount
  }

  /// Fetches and checks an object or a part of it.
  private static func receive(
    _ row: FileRow, _ part: Range<Int64>?, of total: Int64?, from project: OpenProject, into file: PartialFile
  ) async throws(StorageError) -> IncomingObject.Received {
    let incoming = try IncomingObject(into: file, part: part, limit: total ?? .max)
    // No request has an empty range; the last bytes of an empty file are none.
    if part?.isEmpty != true { try await read(row, from: project, into: incoming) }
    let received = try incoming.finish()
    try check(received, of: row, part, total)
    return received
  }

  private static func read(
    _ row: FileRow, from project: OpenProject, into incoming: IncomingObject
  ) async throws(StorageError) {
    do throws(StorageError) {
      try await project.objects.read(row.storagePath, in: row.bucket, into: incoming)
    } catch {
      guard [.notFound, .objectMissing].contains(error.code) else { throw error }
      // The row may have been known from the cache, or be gone meanwhile: this throws `.notFound` then.
      _ = try await project.file(.id(row.id))
      // A service without its database answers as one that lost the bytes does; but not this.
      let isDescribed = try await project.objects.object(row.storagePath, in: row.bucket) != nil
      // Whoever stores it next has to look at its bytes.
      await ProofRecord(of: project).forget([row.id])
      throw isDescribed ? .bytesMissing(of: row) : .objectMissing(of: row)
    }
  }

  private static func check(
    _ received: IncomingObject.Received, of row: FileRow, _ part: Range<Int64>?, _ total: Int64?
  ) throws(StorageError) {
    if let part {
      guard received.byteCount == Int64(part.count), part.isEmpty || received.objectByteCount ?? total == total else {
        throw .otherBytes(of: row)
      }
    } else {
      // A row without a size leaves the service's word, which an answer of a part only does not keep.
      let fits = (row.byteCount ?? received.objectByteCount).map { $0 == received.byteCount } ?? true
      // Another program may have written something that is no digest: that says nothing of a content.
      let isRight = row.metadata.digest.map { $0 == received.sha256 } ?? true
      guard fits, isRight else { throw .otherBytes(of: row) }
    }
  }
}

extension DownloadOptions {
  /// The bytes that are wanted; nil for the whole file. Throws `.configuration` when the file ends before them.
  fileprivate func range(of row: FileRow, byteCount: Int64) throws(StorageError) -> Range<Int64>? {
    guard let range else { return nil }
    guard let resolved = range.resolved(in: byteCount) else {
      throw StorageError(
        .configuration, "the range begins beyond the \(byteCount) bytes of \(row.storagePath)",
        hint: "bytes are counted from 0; --tail N takes the last N")
    }
    return resolved
  }
}

extension OpenProject {
  /// A file without a name, for what has no place of its own.
  fileprivate func spool() throws(StorageError) -> PartialFile {
    let directory = try journalPlace().directory
    do throws(FileError) {
      return try .scratch(in: directory)
    } catch {
      throw StorageError(error)
    }
  }
}

extension StorageError {
  fileprivate static func objectMissing(of row: FileRow) -> StorageError {
    StorageError(
      .objectMissing, "the row of \(row.storagePath) is there, its object is not in bucket \(row.bucket)",
      hint: Self.waysToMend)
  }

  fileprivate static func bytesMissing(of row: FileRow) -> StorageError {
    StorageError(
      .objectMissing, "bucket \(row.bucket) lists \(row.storagePath), and the service has lost its bytes",
      hint: Self.waysToMend)
  }

  private static let waysToMend =
    "store it again from where it came from with `supastore upload` or `supastore migrate`; "
    + "or run `supastore verify --touch --repair DIR` with the directory it came from"

  fileprivate static func otherBytes(of row: FileRow) -> StorageError {
    StorageError(
      .integrity, "the object of \(row.storagePath) holds other bytes than its row says; nothing was written",
      hint: "store the file again from its source, or remove it")
  }
}
