internal import CurlHTTP
internal import StorageFiles
internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient
internal import Synchronization

/// The buckets of a Supabase project.
struct RemoteObjectStore: ObjectStore {
  let connection: ServiceConnection
  let storage: StorageClient

  func bucket(_ name: String) async throws(StorageError) -> StoredBucket? {
    try await connection.answer { () throws(ServiceError) in try storage.bucket(name) }.map {
      StoredBucket(name: $0.id, isPublic: $0.settings.isPublic, byteLimit: $0.settings.fileSizeLimit)
    }
  }

  func create(_ bucket: StoredBucket) async throws(StorageError) {
    do throws(StorageError) {
      try await connection.answer { () throws(ServiceError) in
        try storage.createBucket(
          bucket.name, BucketSettings(isPublic: bucket.isPublic, fileSizeLimit: bucket.byteLimit))
      }
    } catch {
      guard error.code == .conflict else { throw error }
    }
  }

  func object(_ key: String, in bucket: String) async throws(StorageError) -> StoredObject? {
    try await connection.answer { () throws(ServiceError) in
      try storage.info(ObjectKey(key), in: bucket)
    }.map { info in
      StoredObject(
        key: info.name, byteCount: info.byteCount, etag: info.eTag, version: info.version,
        modifiedAt: (info.lastModified ?? info.createdAt).flatMap { Timestamp($0) }, mediaType: info.contentType,
        marker: ObjectMarker(info.metadata))
    }
  }

  func objects(in bucket: String, prefix: String, after key: String?) async throws(StorageError) -> ObjectPage {
    let page = try await connection.answer { () throws(ServiceError) in
      try storage.objects(in: bucket, prefix: prefix, from: key.map(ListCursor.after))
    }
    return ObjectPage(
      objects: page.objects.map { object in
        StoredObject(
          key: object.name, byteCount: object.byteCount, etag: object.eTag,
          modifiedAt: (object.updatedAt ?? object.createdAt).flatMap { Timestamp($0) })
      },
      isLast: page.next == nil)
  }

  func put(_ upload: ObjectUpload) async throws(StorageError) -> Placement {
    do throws(StorageError) {
      _ = try await connection.answer { () throws(ServiceError) in try storage.call(for: upload) }
      return .sent
    } catch {
      guard error.code == .conflict, !upload.overwrites else { throw error }
      return .alreadyThere
    }
  }

  func uploads() -> any UploadLane {
    RemoteUploadLane(connection, storage)
  }

  func read(_ key: String, in bucket: String, into incoming: IncomingObject) async throws(StorageError) {
    let (range, isResuming): (Range<Int64>?, Bool)
    switch incoming.next() {
    case .nothing: return
    case .whole: (range, isResuming) = (nil, false)
    case .part(let part, let resuming): (range, isResuming) = (part, resuming)
    }
    do throws(StorageError) {
      _ = try await connection.answer { () throws(ServiceError) in
        try storage.download(
          ObjectKey(key), in: bucket, range: range, to: .receiver(ObjectReception(incoming: incoming)))
      }
    } catch {
      if let refusal = incoming.refusal { throw refusal }
      // An object that became shorter has no such range: the file back end says so, S3 answers with a fault of its own.
      if isResuming, [.rejected, .unexpectedAnswer, .objectMissing].contains(error.code) { throw incoming.restart() }
      throw error
    }
  }

  func readFirstByte(of object: StoredObject, in bucket: String) async throws(StorageError) -> Bool {
    let reception = FirstByteReception(of: object)
    do throws(StorageError) {
      _ = try await connection.answer { () throws(ServiceError) in
        // No back end has a range of an empty object.
        try storage.download(
          ObjectKey(object.key), in: bucket, range: object.byteCount == 0 ? nil : 0..<1,
          to: .receiver(reception))
      }
    } catch {
      // It was given up because it is another one, or because all of it was to come.
      guard let isThere = reception.isThere else { throw error }
      return isThere
    }
    return reception.isThere ?? false
  }

  func delete(_ keys: [String], in bucket: String) async throws(StorageError) {
    _ = try await connection.answer { () throws(ServiceError) in
      var call = try storage.delete(keys.map { ObjectKey($0) }, in: bucket)
      call.request.totalTimeLimit = .seconds(20)
      return call
    }
  }

  func isGone(_ key: String, in bucket: String) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      _ = try await connection.answer { () throws(ServiceError) in
        try storage.download(ObjectKey(key), in: bucket, range: 0..<1, to: .memory(limit: 1))
      }
      return false
    } catch {
      switch error.code {
      case .notFound: return true
      // It is empty, so it has no first byte; or its server sends all of it.
      case .rejected, .unexpectedAnswer, .integrity: return false
      default: throw error
      }
    }
  }
}

/// Sees whether the first byte of an object comes, and of the version that was described. The rest of one whose server
/// knows no ranges is not waited for.
private final class FirstByteReception: BodyReceiver {
  private let object: StoredObject
  private let state = Mutex<Bool?>(nil)

  init(of object: StoredObject) {
    self.object = object
  }

  /// Whether the object's byte came; false when that of another one did; nil when nothing came.
  var isThere: Bool? { state.withLock { $0 } }

  func begin(status: Int, headers: [HTTPField]) -> Bool {
    guard let head = DownloadHead(status: status, headers: headers), head.part?.range.lowerBound ?? 0 == 0 else {
      return false
    }
    let total = head.part == nil ? head.byteCount : head.part?.total
    let isOther =
      object.etag.flatMap { etag in head.eTag.map { $0 != etag } } ?? false
      || object.byteCount.flatMap { count in total.map { $0 != count } } ?? false
    state.withLock { $0 = isOther ? false : object.byteCount == 0 ? true : nil }
    return !isOther
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes.isEmpty { return true }
    state.withLock { $0 = object.byteCount != 0 }
    return object.byteCount != 0 && bytes.count == 1
  }
}

/// Hands an answer's bytes to the object they belong to.
private struct ObjectReception: BodyReceiver {
  let incoming: IncomingObject

  func begin(status: Int, headers: [HTTPField]) -> Bool {
    guard let head = DownloadHead(status: status, headers: headers) else {
      // It is not said which bytes these are, so they are nowhere in the object.
      return incoming.begin(at: -1, version: nil, byteCount: nil)
    }
    // Both are of the answer that the bytes come in; what `info` says may be of the next version already.
    let version = head.eTag.map { "\($0) \(head.lastModified ?? "")" }
    return incoming.begin(
      at: head.part?.range.lowerBound ?? 0, version: version,
      byteCount: head.part == nil ? head.byteCount : head.part?.total)
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool { incoming.take(bytes) }
}

extension StorageClient {
  func call(for upload: ObjectUpload) throws(ServiceError) -> Call<UploadedObject> {
    let body: HTTPRequest.Body =
      switch upload.content {
      case .bytes(let bytes): .bytes(bytes)
      case .file(let source):
        .file(descriptor: source.descriptor, range: 0..<source.status.byteCount) {
          (try? source.hasChanged()) == false
        }
      }
    let metadata = Dictionary(uniqueKeysWithValues: upload.metadata.map { ($0.name, JSONValue.string($0.value)) })
    return try self.upload(
      body, to: ObjectKey(upload.key), in: upload.bucket,
      ObjectAttributes(contentType: upload.mediaType, metadata: .object(metadata)), overwriting: upload.overwrites)
  }
}

extension ObjectMarker {
  /// From the metadata given at upload; nil when they are none of ours.
  init?(_ metadata: JSONValue?) {
    guard let members = metadata?.members, let id = members[Self.idKey]?.string.flatMap({ FileID($0) }) else {
      return nil
    }
    self.init(id: id, sha256: members[Self.digestKey]?.string)
  }
}
