internal import Glibc
internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning
internal import StorageSQLite

/// Contents under keys: a blob, and a row of `objects` that names it.
extension LocalStore {
  /// Nil when its blob is missing or cut off, too: storing it again mends it.
  func object(_ key: String, in bucket: String) throws(StorageError) -> StoredObject? {
    let object = try reading { tables throws(SQLiteError) in try tables.object(key, in: bucket) }
    return object.flatMap(wholeObject)
  }

  func objects(in bucket: String, prefix: String, after key: String?) throws(StorageError) -> ObjectPage {
    var after = key
    while true {
      let found = try reading { [after] tables throws(SQLiteError) in
        try tables.objects(in: bucket, prefix: prefix, after: after, limit: 1001)
      }
      let page = found.prefix(1000)
      let objects = page.compactMap(wholeObject)
      // A page of which nothing is whole is not the end.
      if found.count <= 1000 || !objects.isEmpty { return ObjectPage(objects: objects, isLast: found.count <= 1000) }
      after = page.last?.key
    }
  }

  private func wholeObject(_ object: LocalObject) -> StoredObject? {
    guard let status = blobs.status(object.sha256), status.byteCount == object.byteCount else { return nil }
    return object.description(modifiedAt: Timestamp(microseconds: status.modified / 1000))
  }

  /// Stores contents: all their blobs first, then all their rows in one transaction. A blob that a purge took away in
  /// between is written again.
  func put(_ uploads: [ObjectUpload]) -> [Result<Placement, StorageError>] {
    var results = [Result<Placement, StorageError>](repeating: .success(.alreadyThere), count: uploads.count)
    var open = Array(uploads.indices)
    for attempt in 1...Self.writeLimit where !open.isEmpty {
      var written: [(index: Int, object: LocalObject)] = []
      for index in open {
        do throws(StorageError) {
          if let object = try write(uploads[index]) { written.append((index, object)) }
        } catch {
          results[index] = .failure(error)
        }
      }
      do throws(StorageError) {
        let outcome = try record(written.map { ($0.index, $0.object, uploads[$0.index].overwrites) })
        for index in outcome.recorded { results[index] = .success(.sent) }
        if !written.isEmpty { CrashPoint.objectsRecorded.reached() }
        open = outcome.lost
      } catch {
        for (index, _) in written { results[index] = .failure(error) }
        open = []
      }
      if attempt == Self.writeLimit { for index in open { results[index] = .failure(.blobVanished) } }
    }
    return results
  }

  private static let writeLimit = 3

  /// The object to be recorded; nil when something lies there that is to stay.
  private func write(_ upload: ObjectUpload) throws(StorageError) -> LocalObject? {
    // What is stored here can be moved to Supabase.
    guard !upload.key.isEmpty, upload.key.unicodeScalars.allSatisfy(\.isAcceptedInKeys) else {
      throw StorageError(.rejected, "the key \(upload.key) holds what Supabase does not accept")
    }
    let bucket = try reading { tables throws(SQLiteError) in try tables.bucket(upload.bucket) }
    guard let bucket else {
      throw StorageError(.setup, "the local store has no bucket \(upload.bucket)", hint: "run `supastore setup`")
    }
    if let limit = bucket.byteLimit, upload.content.byteCount > limit {
      throw .tooLarge(byteCount: upload.content.byteCount, bucket)
    }
    if !upload.overwrites, try object(upload.key, in: upload.bucket) != nil { return nil }
    let digests = try blobs.write(upload.content)
    guard let md5 = digests.md5 else { throw StorageError(.damaged, "a content without its MD5") }
    return LocalObject(
      bucket: upload.bucket, key: upload.key, sha256: digests.sha256, byteCount: digests.byteCount, etag: md5.hex)
  }

  /// Returns the indices of those that were recorded, and of those whose blobs are gone; under the keys of the others
  /// somebody else was first.
  private func record(
    _ written: [(index: Int, object: LocalObject, overwrites: Bool)]
  ) throws(StorageError) -> (recorded: [Int], lost: [Int]) {
    if written.isEmpty { return ([], []) }
    return try writing { [blobs] tables throws(SQLiteError) in
      var (recorded, lost): ([Int], [Int]) = ([], [])
      for (index, object, overwrites) in written {
        if !overwrites, let other = try tables.object(object.key, in: object.bucket), other.sha256 != object.sha256,
          blobs.holds(other.sha256, byteCount: other.byteCount)
        {
          continue
        }
        // Blobs are removed under the lock that is held here.
        guard blobs.holds(object.sha256, byteCount: object.byteCount) else {
          lost.append(index)
          continue
        }
        try tables.put(object)
        recorded.append(index)
      }
      return (recorded, lost)
    }
  }

  /// Whether an object is the one that was described. Throws `.objectMissing` when its blob is not there, or not as long
  /// as it should be.
  func readFirstByte(of described: StoredObject, in bucket: String) throws(StorageError) -> Bool {
    let object = try reading { tables throws(SQLiteError) in try tables.object(described.key, in: bucket) }
    guard let object else {
      throw StorageError(.notFound, "bucket \(bucket) of the local store holds no object \(described.key)")
    }
    guard blobs.holds(object.sha256, byteCount: object.byteCount) else { throw .blobMissing(object) }
    return described.byteCount == nil || described.byteCount == object.byteCount
  }

  /// Hands the bytes of an object over, those that `incoming` wants.
  func read(_ key: String, in bucket: String, into incoming: IncomingObject) throws(StorageError) {
    let object = try reading { tables throws(SQLiteError) in try tables.object(key, in: bucket) }
    guard let object else {
      throw StorageError(.notFound, "bucket \(bucket) of the local store holds no object \(key)")
    }
    let wanted = incoming.next()
    if wanted == .nothing { return }
    do {
      guard let blob = try blobs.blob(object.sha256) else { throw StorageError.blobMissing(object) }
      var range = 0..<blob.byteCount
      if case .part(let part, _) = wanted { range = part }
      guard range.isEmpty || range.lowerBound < blob.byteCount else {
        throw StorageError(.rejected, "the range begins beyond the \(blob.byteCount) bytes of \(key)")
      }
      let isWanted = incoming.begin(at: range.lowerBound, version: object.sha256.hex, byteCount: blob.byteCount)
      if !isWanted { throw incoming.refusal ?? StorageError(.changed, "the object changed while it was read") }
      try blob.forEachPiece(of: range) { piece in
        if !incoming.take(piece) { throw incoming.refusal ?? StorageError(.unwritable, "its bytes cannot be kept") }
      }
    } catch let error as FileError {
      throw StorageError(error)
    } catch let error as StorageError {
      throw error
    } catch {
      throw StorageError(.unreadable, "the object \(key) cannot be read")
    }
  }
}

extension ObjectUpload.Content {
  var byteCount: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let source): source.status.byteCount
    }
  }
}

extension StorageError {
  fileprivate static func blobMissing(_ object: LocalObject) -> StorageError {
    StorageError(
      .objectMissing, "the local store lost the content of \(object.key): blob \(object.sha256.hex)",
      hint: "store the file again: the same command mends it")
  }

  fileprivate static let blobVanished = StorageError(
    .changed, "the content was removed while it was stored", hint: "run the same command again", retry: .soon)

  static func pathPurged(_ key: String, _ state: TrashEntry.State) -> StorageError {
    StorageError(
      .purging, "the object on \(key) is \(state.rawValue) and has to be stored again first",
      hint: "run the same command again")
  }
}
