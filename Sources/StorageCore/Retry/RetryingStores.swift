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
}

/// A file repository whose operations are repeated when that may help.
public struct RetryingFileRepository: FileRepository {
  let base: any FileRepository
  let retrier: Retrier

  public init(_ base: any FileRepository, retrier: Retrier) {
    self.base = base
    self.retrier = retrier
  }

  public func conversation(continuationID: String) async throws(StorageError) -> Conversation? {
    try await retrier.run { () async throws(StorageError) in
      try await base.conversation(continuationID: continuationID)
    }
  }

  public func createConversation(
    continuationID: String, title: String?
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    try await retrier.run { () async throws(StorageError) in
      try await base.createConversation(continuationID: continuationID, title: title)
    }
  }

  public func files(ids: [FileID]) async throws(StorageError) -> [FileRow] {
    try await retrier.run { () async throws(StorageError) in try await base.files(ids: ids) }
  }

  public func files(storagePaths: [String]) async throws(StorageError) -> [FileRow] {
    try await retrier.run { () async throws(StorageError) in try await base.files(storagePaths: storagePaths) }
  }

  public func files(matching query: FileQuery, after row: FileRow?) async throws(StorageError) -> Page<FileRow> {
    try await retrier.run { () async throws(StorageError) in try await base.files(matching: query, after: row) }
  }

  public func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.insert(files) }
  }

  public func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID> {
    try await retrier.run { () async throws(StorageError) in
      try await base.linkedFiles(of: conversation, after: id)
    }
  }

  public func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.link(files, to: conversation) }
  }
}
