internal import Digests
internal import Synchronization

extension WindowSettler {
  /// Proves the objects of the files that have one and are not proved: what the service says of them is compared with the
  /// content, and those of which no bytes were seen are asked for the first one. What turns out to be damaged is sent
  /// again.
  func prove(_ window: inout MigrationWindow) async {
    await describe(window.indices { $0.wasSent && !$0.isDescribed }, &window)
    let open = window.indices { $0.wasSent && (!$0.isProved || needsReading($0)) }
    if open.isEmpty { return }
    let files = window.files
    /// What makes going on with the others pointless.
    let end = Mutex<StorageError?>(nil)
    let proved = await concurrently(open, limit: jobs) { index in
      var file = files[index]
      file.error = stop.isRaised ? .stopped(by: stop) : end.withLock { $0 }
      if file.error == nil { await prove(&file) }
      if let error = file.error, error.endsTheRun { end.withLock { $0 = error } }
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
      guard let digests = window.files[index].digests, let key = window.files[index].row?.storagePath else { continue }
      window.files[index].object = found[key]
      window.files[index].isDescribed = found[key].map { ObjectProof(of: $0, against: digests) == .holds } ?? false
      if let failure, found[key] == nil { window.files[index].error = failure }
    }
  }

  private func needsReading(_ file: MigratingFile) -> Bool {
    verification == .full && file.byteProof != .allBytes
  }

  // MARK: one file

  /// Afterwards the file has failed or is proved.
  private func prove(_ file: inout MigratingFile) async {
    do throws(StorageError) {
      if let damage = try await damage(of: &file) { try await sendAgain(&file, after: damage) }
      guard file.isProved else {
        throw StorageError(
          .integrity, "the object holds other bytes than were sent, twice",
          hint: "another program may be writing \(file.row?.storagePath ?? "")")
      }
    } catch {
      file.error = error
    }
  }

  /// Nil when the file's object is right, which is noted then.
  private func damage(of file: inout MigratingFile) async throws(StorageError) -> ObjectDamage? {
    guard let row = file.row, let digests = file.digests, let object = file.object else { return .missing }
    switch ObjectProof(of: object, against: digests) {
    case .differs: return .otherBytes
    case .unsettled: return try await damageFoundByReading(&file)
    case .holds: file.isDescribed = true
    }
    if needsReading(file) { return try await damageFoundByReading(&file) }
    if file.hasBytes { return nil }
    guard try await objects.hasBytes(row.storagePath, in: bucket, byteCount: digests.byteCount) else {
      return .lostBytes
    }
    file.noteBytes(.firstByte)
    return nil
  }

  private func damageFoundByReading(_ file: inout MigratingFile) async throws(StorageError) -> ObjectDamage? {
    guard let row = file.row, let digests = file.digests else { return .missing }
    let address = ObjectAddress(bucket: bucket, key: row.storagePath)
    switch try await readBack.content(of: address, limit: digests.byteCount) {
    case .lost: return .lostBytes
    case .longer: return .otherBytes
    case .whole(digests.sha256, _):
      file.isDescribed = true
      file.noteBytes(.allBytes)
      return nil
    case .whole: return .otherBytes
    }
  }

  /// Sends a file whose object is gone, or in place of a damaged one, and proves it.
  private func sendAgain(_ file: inout MigratingFile, after damage: ObjectDamage) async throws(StorageError) {
    switch damage {
    case .missing: break
    case .otherBytes: if !mayReplace(file) { throw .otherContent(on: file.row?.storagePath ?? "") }
    case .lostBytes: if try await !mayMend(file) { throw .otherContent(on: file.row?.storagePath ?? "") }
    }
    let prepared = try await reader.reload(file)
    guard prepared.file.row?.id == file.row?.id, var upload = prepared.upload else {
      throw StorageError(.changed, "the file changed while it was stored", hint: "run the same command again")
    }
    upload.overwrites = damage != .missing
    file.forgetProof()
    do throws(StorageError) {
      if try await objects.put(upload) == .sent {
        file.noteBytes(.sent)
        file.sentByteCount += file.status.byteCount
      }
    } catch {
      throw upload.explained(error)
    }
    file.object = try await objects.object(upload.key, in: bucket)
    file.hadObject = false
    file.mended = damage
    guard let rest = try await self.damage(of: &file) else { return }
    // Somebody else stored it meanwhile, and the service lost that: once more, over it.
    if damage == .missing, rest == .lostBytes { try await sendAgain(&file, after: rest) }
  }

  /// Whether an object without bytes may be written anew: on a path that a person chose only when it is of this content.
  private func mayMend(_ file: MigratingFile) async throws(StorageError) -> Bool {
    if mayReplace(file) || file.isDescribed { return true }
    guard let row = file.row else { return false }
    return try await objects.object(row.storagePath, in: bucket)?.marker?.sha256 == row.metadata.sha256
  }
}

extension MigrationWindow {
  /// Requests that proving so many objects costs when all of them are right.
  static func proofRequestCount(_ objectCount: Int) -> Int {
    objectCount <= singleQuestionLimit ? objectCount : 1
  }
}
