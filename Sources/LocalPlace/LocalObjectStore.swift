internal import StorageModel
internal import StoragePlaces
internal import StorageSQLite
internal import Synchronization

/// The buckets of the local store.
struct LocalObjectStore: ObjectStore {
  let store: LocalStore

  func bucket(_ name: String) async throws(StorageError) -> StoredBucket? {
    try await store.reading { tables throws(SQLiteError) in try tables.bucket(name) }
  }

  func create(_ bucket: StoredBucket) async throws(StorageError) {
    try await store.writing { tables throws(SQLiteError) in try tables.insert(bucket) }
  }

  func object(_ key: String, in bucket: String) async throws(StorageError) -> StoredObject? {
    try await store.object(key, in: bucket)
  }

  func objects(in bucket: String, prefix: String, after key: String?) async throws(StorageError) -> ObjectPage {
    try await store.objects(in: bucket, prefix: prefix, after: key)
  }

  func put(_ upload: ObjectUpload) async throws(StorageError) -> Placement {
    let results = await store.put([upload])
    return try results[0].get()
  }

  func uploads() -> any UploadLane { LocalUploadLane(store) }

  func read(_ key: String, in bucket: String, into incoming: IncomingObject) async throws(StorageError) {
    try await store.read(key, in: bucket, into: incoming)
  }

  func readFirstByte(of object: StoredObject, in bucket: String) async throws(StorageError) -> Bool {
    try await store.readFirstByte(of: object, in: bucket)
  }

  func delete(_ keys: [String], in bucket: String) async throws(StorageError) {
    try await store.delete(keys, in: bucket)
  }

  func isGone(_ key: String, in bucket: String) async throws(StorageError) -> Bool {
    try await store.reading { tables throws(SQLiteError) in try tables.object(key, in: bucket) } == nil
  }
}

/// A lane of uploads into the local store. What was handed over is written by whoever waits for it, as many at a time as
/// the limit says: their blobs, then one transaction for all.
final class LocalUploadLane: UploadLane {
  private struct State {
    var limit = 1
    var queue: [(tag: Int, upload: ObjectUpload)] = []
    var cancelled: [Int] = []
    var sentByteCount: Int64 = 0
  }

  private let store: LocalStore
  private let state = Mutex(State())

  init(_ store: LocalStore) {
    self.store = store
  }

  func limit(to count: Int) { state.withLock { $0.limit = max(1, count) } }

  func submit(_ uploads: [(tag: Int, upload: ObjectUpload)]) { state.withLock { $0.queue += uploads } }

  func settled() async -> [(tag: Int, result: Result<Placement, StorageError>)] {
    let (cancelled, batch) = state.withLock { state in
      let batch = state.cancelled.isEmpty ? Array(state.queue.prefix(state.limit)) : []
      state.queue.removeFirst(batch.count)
      defer { state.cancelled = [] }
      return (state.cancelled, batch)
    }
    if !cancelled.isEmpty { return cancelled.map { ($0, .failure(StorageError(.interrupted, "interrupted"))) } }
    if batch.isEmpty { return [] }
    let results = await store.put(batch.map(\.upload))
    let sent = zip(batch, results).reduce(Int64(0)) { sum, pair in
      if case .success(.sent) = pair.1 { sum + pair.0.upload.content.byteCount } else { sum }
    }
    state.withLock { $0.sentByteCount += sent }
    return zip(batch, results).map { ($0.tag, $1) }
  }

  func cancelAll() {
    state.withLock { state in
      state.cancelled += state.queue.map(\.tag)
      state.queue = []
    }
  }

  var sentByteCount: Int64 { state.withLock { $0.sentByteCount } }
}
