internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning
internal import Synchronization

extension WindowSettler {
  /// Proves the objects of the files that have one and are not proved. What the service says of them is asked for all at
  /// once; then each goes its own way, several at a time.
  func prove(_ window: inout MigrationWindow) async {
    await describe(window.indices { $0.evidence?.next(verification) == .describe }, &window)
    let open = window.indices { file in file.evidence.map { $0.next(verification) != .nothing } ?? false }
    if open.isEmpty { return }
    let files = window.files
    /// What makes going on with the others pointless.
    let end = Mutex<StorageError?>(nil)
    let proved = await concurrently(open, limit: jobs) { index in
      var file = files[index]
      if let error = stop.isRaised ? .stopped(by: stop) : end.withLock({ $0 }) {
        file.fail(error)
        return file
      }
      do throws(StorageError) {
        try await prove(&file)
      } catch {
        file.fail(error)
        if error.endsTheRun { end.withLock { $0 = error } }
      }
      return file
    }
    for (index, file) in zip(open, proved) { window.files[index] = file }
  }

  /// Notes what the service says of the objects of these files.
  private func describe(_ indices: [Int], _ window: inout MigrationWindow) async {
    if indices.isEmpty { return }
    var found: [String: StoredObject] = [:]
    var failure: StorageError?
    do throws(StorageError) {
      try await objects.describe(indices.compactMap { window.files[$0].row?.storagePath }, in: bucket, into: &found)
    } catch {
      failure = error
    }
    for index in indices {
      let object = window.files[index].row.flatMap { found[$0.storagePath] }
      if let failure, object == nil { window.files[index].fail(failure) }
      if let digests = window.files[index].digests { window.files[index].evidence?.describe(object, against: digests) }
    }
  }

  // MARK: one file

  /// Takes the steps that its evidence asks for, until it is proved.
  private func prove(_ file: inout MigratingFile) async throws(StorageError) {
    guard let row = file.row, let digests = file.digests else { return }
    var (hasSent, hasReplaced) = (false, false)
    var looks = 0
    while let step = file.evidence?.next(verification), step != .nothing {
      switch step {
      case .nothing: return
      case .describe:
        let object = try await objects.object(row.storagePath, in: bucket)
        file.evidence?.describe(object, against: digests)
      case .askForFirstByte:
        looks += 1
        guard looks <= Self.lookLimit, case .given(let object, _)? = file.evidence?.description else {
          throw .restless(row.storagePath)
        }
        switch try await objects.sight(object, in: bucket) {
        case .there: file.evidence?.bytes = .seen(.firstByte)
        case .gone: file.evidence?.describe(nil, against: digests)
        case .replaced(let object): file.evidence?.describe(object, against: digests)
        case .lost: try await note(.lostBytes, &file)
        }
      case .read:
        if let damage = try await damage(of: row, digests) {
          try await note(damage, &file)
        } else {
          file.evidence?.bytes = .seen(.allBytes)
        }
      case .send(let damage):
        guard !hasReplaced else { throw .restless(row.storagePath) }
        hasReplaced = damage != .missing || hasSent
        hasSent = true
        try await sendAgain(&file, over: damage)
      }
    }
  }

  /// What is damaged is no longer remembered as seen before anything is done about it: should that fail, the next run
  /// looks again.
  private func note(_ damage: ObjectDamage, _ file: inout MigratingFile) async throws(StorageError) {
    if let id = file.row?.id { try await reader.forgetProof(of: id) }
    file.evidence?.damage = damage
  }

  /// Times that one object is asked for its first byte because it was written meanwhile.
  private static let lookLimit = 3

  /// What reading an object through finds wrong with it.
  private func damage(of row: FileRow, _ digests: ContentDigests) async throws(StorageError) -> ObjectDamage? {
    let address = ObjectAddress(bucket: bucket, key: row.storagePath)
    switch try await readBack.content(of: address, limit: digests.byteCount) {
    case .lost:
      // As for a first byte: neither gone, nor the answer of a service without its database.
      guard let object = try await objects.object(row.storagePath, in: bucket) else { return .missing }
      if case .lost = try await objects.sight(object, in: bucket) { return .lostBytes }
      throw StorageError(.rejected, "its object could not be read", hint: "run the same command again", retry: .soon)
    case .longer: return .otherBytes
    case .whole(let sha256, _): return sha256 == digests.sha256 ? nil : .otherBytes
    }
  }

  /// Sends a file whose object is gone, or in place of a damaged one. Afterwards nothing but that is known of it.
  private func sendAgain(_ file: inout MigratingFile, over damage: ObjectDamage) async throws(StorageError) {
    guard try await mayReplace(file, damage) else { throw .otherContent(on: file.row?.storagePath ?? "") }
    let prepared = try await reader.reload(file)
    guard prepared.file.row?.id == file.row?.id, var upload = prepared.upload else {
      throw StorageError(.changed, "the file changed while it was stored", hint: "run the same command again")
    }
    upload.overwrites = damage != .missing
    do throws(StorageError) {
      let placement = try await objects.put(upload)
      file.forgetProof()
      if placement == .sent {
        file.evidence?.bytes = .seen(.sent)
        file.sentByteCount += file.status.byteCount
      }
    } catch {
      throw upload.explained(error)
    }
    file.hadObject = false
    file.mended = damage
  }

  /// Whether what lies on a file's path may be written over. On a path that a person chose only what has lost its bytes,
  /// and only when it was of this content.
  private func mayReplace(_ file: MigratingFile, _ damage: ObjectDamage) async throws(StorageError) -> Bool {
    switch damage {
    case .missing: return true
    case .otherBytes: return isOnOwnPath(file)
    case .lostBytes:
      if isOnOwnPath(file) || file.evidence?.fits ?? false { return true }
      guard let row = file.row else { return false }
      return try await objects.object(row.storagePath, in: bucket)?.marker?.sha256 == row.metadata.sha256
    }
  }
}

extension StorageError {
  fileprivate static func restless(_ path: String) -> StorageError {
    StorageError(
      .integrity, "the object is not what was sent, again and again",
      hint: "another program may be writing \(path), or the service loses what it takes")
  }
}

extension MigrationWindow {
  /// Requests that proving so many objects costs when all of them are right.
  static func proofRequestCount(_ objectCount: Int) -> Int {
    objectCount <= singleQuestionLimit ? objectCount : 1
  }
}
