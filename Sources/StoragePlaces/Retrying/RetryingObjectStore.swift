package import StorageModel
package import StorageRunning

/// An object store whose single operations are repeated when that may help. Uploads of a lane are not: whoever runs
/// the lane decides when to hand a failed one over again.
package struct RetryingObjectStore: ObjectStore {
  let base: any ObjectStore
  let retrier: Retrier

  package init(_ base: any ObjectStore, retrier: Retrier) {
    self.base = base
    self.retrier = retrier
  }

  package func bucket(_ name: String) async throws(StorageError) -> StoredBucket? {
    try await retrier.run { () async throws(StorageError) in try await base.bucket(name) }
  }

  package func create(_ bucket: StoredBucket) async throws(StorageError) {
    try await retrier.run { () async throws(StorageError) in try await base.create(bucket) }
  }

  package func object(_ key: String, in bucket: String) async throws(StorageError) -> StoredObject? {
    try await retrier.run { () async throws(StorageError) in try await base.object(key, in: bucket) }
  }

  package func objects(in bucket: String, prefix: String, after key: String?) async throws(StorageError) -> ObjectPage {
    try await retrier.run { () async throws(StorageError) in
      try await base.objects(in: bucket, prefix: prefix, after: key)
    }
  }

  package func put(_ upload: ObjectUpload) async throws(StorageError) -> Placement {
    try await retrier.run { () async throws(StorageError) in try await base.put(upload) }
  }

  package func uploads() -> any UploadLane { base.uploads() }

  package func read(_ key: String, in bucket: String, into incoming: IncomingObject) async throws(StorageError) {
    try await retrier.run { () async throws(StorageError) in
      try await base.read(key, in: bucket, into: incoming)
    }
  }

  package func readFirstByte(of object: StoredObject, in bucket: String) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in try await base.readFirstByte(of: object, in: bucket) }
  }

  /// Not repeated: a deletion that comes late may hit what was stored since.
  package func delete(_ keys: [String], in bucket: String) async throws(StorageError) {
    try await base.delete(keys, in: bucket)
  }

  package func isGone(_ key: String, in bucket: String) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in try await base.isGone(key, in: bucket) }
  }
}
