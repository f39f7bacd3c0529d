public import StorageModel
public import StorageRunning

/// An object store whose single operations are repeated when that may help. Uploads of a lane are not: whoever runs
/// the lane decides when to hand a failed one over again.
public struct RetryingObjectStore: ObjectStore {
  let base: any ObjectStore
  let retrier: Retrier

  public init(_ base: any ObjectStore, retrier: Retrier) {
    self.base = base
    self.retrier = retrier
  }

  public func bucket(_ name: String) async throws(StorageError) -> StoredBucket? {
    try await retrier.run { () async throws(StorageError) in try await base.bucket(name) }
  }

  public func create(_ bucket: StoredBucket) async throws(StorageError) {
    try await retrier.run { () async throws(StorageError) in try await base.create(bucket) }
  }

  public func object(_ key: String, in bucket: String) async throws(StorageError) -> StoredObject? {
    try await retrier.run { () async throws(StorageError) in try await base.object(key, in: bucket) }
  }

  public func objects(in bucket: String, prefix: String, after key: String?) async throws(StorageError) -> ObjectPage {
    try await retrier.run { () async throws(StorageError) in
      try await base.objects(in: bucket, prefix: prefix, after: key)
    }
  }

  public func put(_ upload: ObjectUpload) async throws(StorageError) -> Placement {
    try await retrier.run { () async throws(StorageError) in try await base.put(upload) }
  }

  public func uploads() -> any UploadLane { base.uploads() }

  public func read(_ key: String, in bucket: String, into incoming: IncomingObject) async throws(StorageError) {
    try await retrier.run { () async throws(StorageError) in
      try await base.read(key, in: bucket, into: incoming)
    }
  }

  public func readFirstByte(of object: StoredObject, in bucket: String) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in try await base.readFirstByte(of: object, in: bucket) }
  }

  /// Not repeated: a deletion that comes late may hit what was stored since.
  public func delete(_ keys: [String], in bucket: String) async throws(StorageError) {
    try await base.delete(keys, in: bucket)
  }

  public func isGone(_ key: String, in bucket: String) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in try await base.isGone(key, in: bucket) }
  }
}
