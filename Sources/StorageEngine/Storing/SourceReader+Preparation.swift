internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces

/// A file that was looked at, and what is to be sent of it; nothing when it failed or something lies under its key.
struct PreparedFile: Sendable {
  var file: MigratingFile
  var upload: ObjectUpload?
}

extension SourceReader {
  /// A file that changes more often while it is read is given up.
  private static let changeLimit = 2

  /// Hashes files and compares them with what the service holds; loads nothing.
  func assess(_ files: [MigratingFile]) -> [MigratingFile] {
    files.map { file in
      var file = file
      do throws(StorageError) {
        if try !known(&file) { _ = try content(of: &file) }
        try compareWithInventory(&file)
      } catch {
        note(error, of: &file)
      }
      return file
    }
  }

  /// Hashes files, compares them with what the service holds, and loads the contents it lacks.
  func prepare(_ files: [MigratingFile]) -> [PreparedFile] {
    files.map { file in
      var prepared = PreparedFile(file: file)
      do throws(StorageError) {
        if try known(&prepared.file) {
          try compareWithInventory(&prepared.file)
          guard prepared.file.needsSending else { return prepared }
        }
        let content = try content(of: &prepared.file)
        try compareWithInventory(&prepared.file)
        guard prepared.file.needsSending else { return prepared }
        prepared.upload = upload(of: prepared.file, content)
      } catch {
        note(error, of: &prepared.file)
      }
      return prepared
    }
  }

  /// Loads a file again whatever the service holds.
  func reload(_ file: MigratingFile) throws(StorageError) -> PreparedFile {
    var prepared = PreparedFile(file: file)
    let content = try content(of: &prepared.file)
    prepared.upload = upload(of: prepared.file, content)
    return prepared
  }

  /// A file that changed is looked at again, a few times; everything else fails it.
  private func note(_ error: StorageError, of file: inout MigratingFile) {
    if error.code == .changed, file.setbacks.changes < Self.changeLimit {
      file.setbacks.changes += 1
    } else {
      file.fail(error)
    }
  }

  /// Whether the digests are known, from before or from the journal.
  private func known(_ file: inout MigratingFile) throws(StorageError) -> Bool {
    if file.row != nil { return true }
    guard file.origin.isLasting, let digests = try memory.digests(of: file.status) else { return false }
    do throws(DigestError) {
      try identify(&file, as: digests, start: nil)
    } catch {
      throw StorageError(.undigestible(file.path, error))
    }
    return true
  }

  /// Opens a file and loads what is to be sent of it; hashes it unless it is large and was hashed already.
  private func content(of file: inout MigratingFile) throws(StorageError) -> ObjectUpload.Content {
    let wasHashed: Bool
    let content: ObjectUpload.Content
    do throws(FileError) {
      (content, wasHashed) = try load(&file)
    } catch {
      if case .changed = error { try refresh(&file) }
      throw StorageError(error)
    }
    if let queued = file.queued, file.digests?.sha256 != queued.sha256 { throw .blobAltered(queued) }
    if wasHashed, file.origin.isLasting, let digests = file.digests { try memory.remember(file.status, digests) }
    return content
  }

  private func load(
    _ file: inout MigratingFile
  ) throws(FileError) -> (content: ObjectUpload.Content, wasHashed: Bool) {
    let source = try file.origin.open(file.name)
    guard source.status == file.status else { throw .changed(source.path) }
    let isLarge = source.status.byteCount > FileHasher.keptByteCount
    var bytes: [UInt8] = []
    let known = isLarge ? file.digests : nil
    let digests = if let known { known } else { try hasher.digests(of: source, keeping: &bytes) }
    let start = isLarge ? try source.start(MediaType.startByteCount) : Array(bytes.prefix(MediaType.startByteCount))
    do throws(DigestError) {
      try identify(&file, as: digests, start: start)
    } catch {
      throw .undigestible(source.path, error)
    }
    return (isLarge ? .file(source) : .bytes(bytes), known == nil)
  }

  /// Forgets what was known of a file that changed, and looks at it anew.
  private func refresh(_ file: inout MigratingFile) throws(StorageError) {
    guard let status = try? file.origin.open(file.name).status else { return }
    var fresh = file.anew(status)
    if let error = refusal(of: fresh) { throw error }
    fresh.setbacks = file.setbacks
    file = fresh
  }

  /// Notes what the file's content makes of it. `start` tells the type of a content whose name does not.
  private func identify(
    _ file: inout MigratingFile, as digests: ContentDigests, start: [UInt8]?
  ) throws(DigestError) {
    if file.digests != digests || file.row == nil {
      file.digests = digests
      file.row = try row(for: file, digests)
    }
    if let start, file.row?.mediaType == nil {
      file.row?.mediaType = MediaType.of(name: file.name, start: start).description
    }
  }

  private func row(for file: MigratingFile, _ digests: ContentDigests) throws(DigestError) -> FileRow {
    if let queued = file.queued { return queued.row }
    let identity = try FileIdentity(
      type: destination.type, continuationID: destination.continuationID,
      name: destination.storagePath.map { LocalPath(checked: Array($0.string.utf8)) } ?? file.name,
      content: digests.sha256)
    let name = file.name.baseName ?? file.name
    var row = FileRow(
      id: identity.id, storagePath: (destination.storagePath ?? identity.storagePath).string,
      originalName: name.repaired,
      mediaType: (destination.mediaType ?? file.mediaType ?? MediaType.of(name: name))?.description,
      byteCount: digests.byteCount, type: destination.type,
      metadata: FileMetadata(
        sha256: digests.sha256.hex, bucket: destination.bucket.name, continuationID: destination.continuationID,
        relativePath: file.name.repaired, originalNameBase64: name.base64UnlessUTF8,
        relativePathBase64: file.name.base64UnlessUTF8))
    row.metadata.other = destination.metadata.members
    row.metadata.expiresAt = destination.metadata.expiresAt
    return row
  }

  private func compareWithInventory(_ file: inout MigratingFile) throws(StorageError) {
    guard let row = file.row, let digests = file.digests else { return }
    let recorded = try inventory.file(onPath: row.storagePath)
    if let object = try inventory.object(row.storagePath) {
      // What does not hold is not sent over: whoever proves it asks for its bytes, reads it back or overwrites it.
      let proof = ObjectProof(of: object, against: digests)
      var evidence = ObjectEvidence(description: .given(object, proof))
      if evidence.fits {
        // Without its row nobody ever called it stored: it may be what is left of an upload that failed.
        let isTrusted = memory.remembersProofs && destination.trustsListing && recorded?.id == row.id
        evidence.bytes = try memory.holdsProof(of: row.id, in: object) ? .remembered : isTrusted ? .trusted : nil
      }
      file.hadObject = proof != .differs
      file.evidence = evidence
    }
    if let stored = recorded {
      guard stored.id == row.id else { throw pathTaken(row.storagePath, by: stored.id) }
      let change = file.queued?.change ?? destination.metadata
      let outdated = stored.metadata.flatMap { change.applied(to: $0) == $0 ? nil : $0 }
      file.record = .there(wasBefore: true, outdated: outdated)
      if let mediaType = stored.mediaType { file.row?.mediaType = mediaType }
    } else if row.mediaType == nil {
      let mediaType = try typeOfContent(of: file)
      file.row?.mediaType = mediaType
    }
  }

  private func pathTaken(_ path: String, by id: FileID) -> StorageError {
    destination.storagePath == nil ? .pathTaken(path, by: id) : .otherContent(on: path)
  }

  private func typeOfContent(of file: MigratingFile) throws(StorageError) -> String {
    do throws(FileError) {
      let start = try file.origin.open(file.name).start(MediaType.startByteCount)
      return MediaType.of(name: file.name, start: start).description
    } catch {
      throw StorageError(error)
    }
  }

  private func upload(of file: MigratingFile, _ content: ObjectUpload.Content) -> ObjectUpload? {
    guard let row = file.row else { return nil }
    return ObjectUpload(
      bucket: destination.bucket.name, key: row.storagePath, mediaType: row.mediaType ?? MediaType.unknown.description,
      content: content,
      metadata: ObjectMarker.metadata(of: row))
  }
}

extension StorageError {
  fileprivate static func blobAltered(_ file: QueuedFile) -> StorageError {
    StorageError(
      .integrity, "the local store's blob \(file.sha256.hex) holds other bytes than its name says",
      hint: QueuedFile.remedy)
  }
}
