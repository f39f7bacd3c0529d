internal import Digests

/// Proves, records and links the files of a window that was sent: the object first, then its row, then its link.
struct WindowSettler: Sendable {
  let reader: SourceReader
  let objects: any ObjectStore
  let rows: any FileRepository
  let bucket: String
  /// Nil when the files belong to no conversation.
  let continuationID: String?
  let verification: Verification
  let readBack: ReadBack

  /// Rounds after which a row or conversation that keeps vanishing is given up.
  private static let roundLimit = 3

  /// Afterwards each file has failed or is proved, recorded and linked; one that was never sent is left as it is.
  func settle(_ window: MigrationWindow, in conversation: Conversation?) async -> (MigrationWindow, Conversation?) {
    var window = window
    var conversation = conversation
    await prove(&window)
    for round in 1...Self.roundLimit {
      await record(&window)
      guard let current = conversation else { break }
      do throws(StorageError) {
        try await link(&window, to: current)
        break
      } catch {
        // Somebody removed the conversation or rows meanwhile: look which, and mend it.
        guard error.code == .notFound, round < Self.roundLimit else {
          window.fail(where: { $0.hasRow && !$0.isLinked }, error)
          break
        }
        await lookAgain(&window, &conversation)
      }
    }
    return (window, conversation)
  }

  // MARK: objects

  private func prove(_ window: inout MigrationWindow) async {
    let sent = window.indices { $0.wasSent && !$0.isProved }
    let descriptions = await self.descriptions(of: sent, &window)
    for index in sent where window.files[index].error == nil {
      guard let digests = window.files[index].digests, let key = window.files[index].row?.storagePath else { continue }
      switch descriptions[key].map({ ObjectProof(of: $0, against: digests) }) {
      case .holds: window.files[index].isProved = true
      case .unsettled: await proveByReading(&window.files[index])
      case .differs: await overwrite(&window.files[index])
      case nil:
        window.files[index].error = StorageError(
          .rejected, "the service took the object and does not list it", hint: "run the same command again")
      }
    }
    guard verification == .full else { return }
    for index in window.indices(where: { $0.isProved }) where sent.contains(index) || window.files[index].hadObject {
      await proveByReading(&window.files[index])
    }
  }

  /// What the service says of the objects of these files: asked one by one when they are few, else by listing the
  /// stretch of keys they lie in.
  private func descriptions(of indices: [Int], _ window: inout MigrationWindow) async -> [String: StoredObject] {
    let keys = indices.compactMap { window.files[$0].row?.storagePath }
    var found: [String: StoredObject] = [:]
    do throws(StorageError) {
      if keys.count > 2 { try await list(keys, into: &found) }
      for key in keys where found[key] == nil {
        found[key] = try await objects.object(key, in: bucket)
      }
    } catch {
      for index in indices where found[window.files[index].row?.storagePath ?? ""] == nil {
        window.files[index].error = error
      }
    }
    return found
  }

  private func list(_ keys: [String], into found: inout [String: StoredObject]) async throws(StorageError) {
    let sorted = keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    guard let first = sorted.first, let last = sorted.last else { return }
    let wanted = Set(keys)
    // What precedes the first key by the least: the key without its last byte.
    var after = String(first.dropLast())
    // Objects of others may lie between ours; beyond a few pages asking one by one is cheaper.
    for _ in 0..<(keys.count / 1000 + 3) {
      let page = try await objects.objects(in: bucket, prefix: commonPrefix(first, last), after: after)
      for object in page.objects where wanted.contains(object.key) { found[object.key] = object }
      guard !page.isLast, let end = page.objects.last?.key,
        Array(end.utf8).lexicographicallyPrecedes(Array(last.utf8))
      else { return }
      after = end
    }
  }

  private func commonPrefix(_ first: String, _ last: String) -> String {
    let pairs = zip(first.utf8, last.utf8).prefix { $0 == $1 }
    return String(decoding: pairs.map(\.0), as: UTF8.self)
  }

  private func proveByReading(_ file: inout MigratingFile) async {
    guard let row = file.row, let digests = file.digests else { return }
    do throws(StorageError) {
      file.isProved =
        try await readBack.sha256(of: row.storagePath, in: bucket, byteCount: digests.byteCount) == digests.sha256
      if !file.isProved { await overwrite(&file) }
    } catch {
      file.isProved = false
      file.error = error
    }
  }

  /// Puts the right bytes on a path that carries the file's id and was found to hold others.
  private func overwrite(_ file: inout MigratingFile) async {
    do throws(StorageError) {
      let prepared = try await reader.reload(file)
      guard prepared.file.row?.id == file.row?.id, let upload = prepared.upload else {
        throw StorageError(.changed, "the file changed while it was stored", hint: "run the same command again")
      }
      _ = try await objects.put(upload)
      try await proveOverwritten(&file)
    } catch {
      file.error = error
    }
  }

  private func proveOverwritten(_ file: inout MigratingFile) async throws(StorageError) {
    guard let row = file.row, let digests = file.digests else { return }
    let object = try await objects.object(row.storagePath, in: bucket)
    let proof = object.map { ObjectProof(of: $0, against: digests) }
    if proof == .holds {
      file.isProved = true
    } else if proof == .unsettled {
      file.isProved =
        try await readBack.sha256(of: row.storagePath, in: bucket, byteCount: digests.byteCount) == digests.sha256
    }
    guard file.isProved else {
      throw StorageError(
        .integrity, "the object holds other bytes than were sent, twice",
        hint: "another program may be writing \(row.storagePath)")
    }
    file.wasOverwritten = true
  }

  // MARK: rows

  private func record(_ window: inout MigrationWindow) async {
    let missing = window.indices { $0.isProved && !$0.hasRow }
    await insert(missing[...], &window)
  }

  /// Inserts the rows of these files. A batch that is refused is halved down to the row that is to blame.
  private func insert(_ indices: ArraySlice<Int>, _ window: inout MigrationWindow) async {
    guard !indices.isEmpty else { return }
    do throws(StorageError) {
      let inserted = try await rows.insert(indices.compactMap { window.files[$0].row })
      var taken: [Int] = []
      for index in indices {
        if let id = window.files[index].row?.id, inserted.contains(id) {
          window.files[index].hasRow = true
        } else {
          taken.append(index)
        }
      }
      try await adopt(taken, &window)
    } catch {
      if indices.count > 1, !error.endsTheRun, !error.isRetryable {
        let middle = indices.startIndex + indices.count / 2
        await insert(indices[..<middle], &window)
        await insert(indices[middle...], &window)
      } else {
        for index in indices { window.files[index].error = error }
      }
    }
  }

  /// Paths that were taken: by the same file stored before, or by something else.
  private func adopt(_ indices: [Int], _ window: inout MigrationWindow) async throws(StorageError) {
    guard !indices.isEmpty else { return }
    let found = try await rows.files(storagePaths: indices.compactMap { window.files[$0].row?.storagePath })
    let holders = Dictionary(found.map { ($0.storagePath, $0.id) }, uniquingKeysWith: { first, _ in first })
    for index in indices {
      guard let row = window.files[index].row else { continue }
      switch holders[row.storagePath] {
      case row.id: window.files[index].hasRow = true
      case let other?: window.files[index].error = .pathTaken(row.storagePath, by: other)
      case nil:
        window.files[index].error = StorageError(
          .rejected, "the row was neither inserted nor is it there", hint: "run the same command again")
      }
    }
  }

  // MARK: links

  private func link(_ window: inout MigrationWindow, to conversation: Conversation) async throws(StorageError) {
    let missing = window.indices { $0.hasRow && $0.isProved && !$0.isLinked }
    guard !missing.isEmpty else { return }
    let inserted = try await rows.link(missing.compactMap { window.files[$0].row?.id }, to: conversation)
    for index in missing {
      guard let id = window.files[index].row?.id else { continue }
      window.files[index].hadLink = !inserted.contains(id)
      window.files[index].isLinked = true
    }
  }

  /// After a link was refused: makes the conversation again if it is gone, and forgets what is known of rows that are.
  private func lookAgain(_ window: inout MigrationWindow, _ conversation: inout Conversation?) async {
    guard let continuationID else { return }
    let indices = window.indices { $0.hasRow }
    do throws(StorageError) {
      let current = try await rows.createConversation(continuationID: continuationID, title: nil)
      if current.isNew { for index in indices { window.files[index].isLinked = false } }
      conversation = current.conversation
      let present = Set(try await rows.files(ids: indices.compactMap { window.files[$0].row?.id }).map(\.id))
      for index in indices {
        guard let row = window.files[index].row, !present.contains(row.id) else { continue }
        window.files[index].hasRow = false
        window.files[index].isLinked = false
        // Whoever removed the row may have removed the object too.
        window.files[index].isProved = false
        window.files[index].wasSent = true
      }
      await prove(&window)
    } catch {
      for index in indices { window.files[index].error = error }
    }
  }
}

/// How the bytes of an object are proved.
public enum Verification: String, Sendable, CaseIterable {
  /// By size and ETag; by reading back where these do not settle it.
  case etag
  /// Every object is downloaded and hashed.
  case full
}
