internal import Digests

extension WindowSettler {
  /// Proves the objects of the files that have one and are not proved.
  func prove(_ window: inout MigrationWindow) async {
    let sent = window.indices { $0.wasSent && !$0.isProved }
    let descriptions = await self.descriptions(of: sent, &window)
    for index in sent where window.files[index].error == nil {
      guard let digests = window.files[index].digests, let key = window.files[index].row?.storagePath else { continue }
      switch descriptions[key].map({ ObjectProof(of: $0, against: digests) }) {
      case .holds: window.files[index].isProved = true
      case .unsettled: await proveByReading(&window.files[index])
      case .differs: await sendAgain(&window.files[index], overwriting: true)
      // Somebody removed it meanwhile.
      case nil: await sendAgain(&window.files[index], overwriting: false)
      }
    }
    guard verification == .full else { return }
    for index in window.indices(where: { $0.isProved && !$0.wasReadBack }) {
      await proveByReading(&window.files[index])
    }
  }

  /// What the service says of the objects of these files.
  private func descriptions(of indices: [Int], _ window: inout MigrationWindow) async -> [String: StoredObject] {
    let keys = indices.compactMap { window.files[$0].row?.storagePath }
    var found: [String: StoredObject] = [:]
    do throws(StorageError) {
      try await objects.describe(keys, in: bucket, into: &found)
    } catch {
      window.fail(indices.filter { found[window.files[$0].row?.storagePath ?? ""] == nil }, error)
    }
    return found
  }

  private func proveByReading(_ file: inout MigratingFile) async {
    file.isProved = false
    do throws(StorageError) {
      if try await holdsItsBytes(&file) {
        file.isProved = true
      } else {
        await sendAgain(&file, overwriting: true)
      }
    } catch {
      file.error = error
    }
  }

  private func holdsItsBytes(_ file: inout MigratingFile) async throws(StorageError) -> Bool {
    guard let row = file.row, let digests = file.digests else { return false }
    let content = try await readBack.sha256(of: row.storagePath, in: bucket, byteCount: digests.byteCount)
    file.wasReadBack = content == digests.sha256
    return file.wasReadBack
  }

  /// Sends a file whose object is gone, or, `overwriting`, one on whose path other bytes were found.
  private func sendAgain(_ file: inout MigratingFile, overwriting: Bool) async {
    do throws(StorageError) {
      if overwriting, !mayReplace(file) { throw .otherContent(on: file.row?.storagePath ?? "") }
      let prepared = try await reader.reload(file)
      guard prepared.file.row?.id == file.row?.id, var upload = prepared.upload else {
        throw StorageError(.changed, "the file changed while it was stored", hint: "run the same command again")
      }
      upload.overwrites = overwriting
      do throws(StorageError) {
        if try await objects.put(upload) == .sent { file.sentByteCount += file.status.byteCount }
      } catch {
        throw upload.explained(error)
      }
      try await proveSentAgain(&file)
      file.wasOverwritten = overwriting
      file.hadObject = false
    } catch {
      file.error = error
    }
  }

  private func proveSentAgain(_ file: inout MigratingFile) async throws(StorageError) {
    guard let row = file.row, let digests = file.digests else { return }
    let proof = try await objects.object(row.storagePath, in: bucket).map { ObjectProof(of: $0, against: digests) }
    if proof == .holds, verification == .etag {
      file.isProved = true
    } else if proof == .holds || proof == .unsettled {
      file.isProved = try await holdsItsBytes(&file)
    }
    guard file.isProved else {
      throw StorageError(
        .integrity, "the object holds other bytes than were sent, twice",
        hint: "another program may be writing \(row.storagePath)")
    }
  }
}

extension MigrationWindow {
  /// Requests that proving so many objects costs when all of them are right.
  static func proofRequestCount(_ objectCount: Int) -> Int {
    objectCount <= singleQuestionLimit ? objectCount : 1
  }
}
