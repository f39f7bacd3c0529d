import StorageFormats
import StorageModel
import StoragePlaces

@testable import StorageEngine

/// Does something at exact moments of a run: what another hand would do between two requests.
struct Interposer: Sendable {
  /// With the files' keys, before they are handed to the lane.
  var beforeUploads: @Sendable ([String]) throws -> Void = { _ in }
  /// After a lane gave back this many results in all.
  var afterUploads: @Sendable (Int) throws -> Void = { _ in }
  /// Before each attempt to read an object.
  var beforeRead: @Sendable () async throws -> Void = {}
  /// Before each question for an object's first byte.
  var beforeFirstByte: @Sendable () async throws -> Void = {}
  var beforeInsert: @Sendable () throws -> Void = {}
  var afterInsert: @Sendable () throws -> Void = {}
  var beforeMetadataUpdate: @Sendable () throws -> Void = {}

  func between(_ project: OpenProject) -> OpenProject {
    project.over(
      InterposedStore(store: project.store, interposer: self),
      InterposedRepository(rows: project.repository, interposer: self), retrier: project.retrier)
  }

  /// A failure of the other hand is one of the test: it must be seen.
  fileprivate func reporting(_ body: () throws -> Void) throws(StorageError) {
    do {
      try body()
    } catch {
      throw StorageError(.damaged, "the test's other hand failed: \(error)")
    }
  }
}

private struct InterposedStore: ObjectStore {
  let store: any ObjectStore
  let interposer: Interposer

  func bucket(_ name: String) async throws(StorageError) -> StoredBucket? { try await store.bucket(name) }
  func create(_ bucket: StoredBucket) async throws(StorageError) { try await store.create(bucket) }
  func object(_ key: String, in bucket: String) async throws(StorageError) -> StoredObject? {
    try await store.object(key, in: bucket)
  }
  func objects(in bucket: String, prefix: String, after key: String?) async throws(StorageError) -> ObjectPage {
    try await store.objects(in: bucket, prefix: prefix, after: key)
  }
  func put(_ upload: ObjectUpload) async throws(StorageError) -> Placement { try await store.put(upload) }
  func uploads() -> any UploadLane { InterposedLane(lane: store.uploads(), interposer: interposer) }
  func read(_ key: String, in bucket: String, into incoming: IncomingObject) async throws(StorageError) {
    do {
      try await interposer.beforeRead()
    } catch {
      throw StorageError(.damaged, "the test's other hand failed: \(error)")
    }
    try await store.read(key, in: bucket, into: incoming)
  }
  func readFirstByte(of object: StoredObject, in bucket: String) async throws(StorageError) -> Bool {
    do {
      try await interposer.beforeFirstByte()
    } catch {
      throw StorageError(.damaged, "the test's other hand failed: \(error)")
    }
    return try await store.readFirstByte(of: object, in: bucket)
  }
  func delete(_ keys: [String], in bucket: String) async throws(StorageError) {
    try await store.delete(keys, in: bucket)
  }
  func isGone(_ key: String, in bucket: String) async throws(StorageError) -> Bool {
    try await store.isGone(key, in: bucket)
  }
}

private struct InterposedLane: UploadLane {
  let lane: any UploadLane
  let interposer: Interposer

  func limit(to count: Int) { lane.limit(to: count) }
  func submit(_ uploads: [(tag: Int, upload: ObjectUpload)]) {
    try? interposer.beforeUploads(uploads.map(\.upload.key))
    lane.submit(uploads)
  }
  func settled() async -> [(tag: Int, result: Result<Placement, StorageError>)] {
    let settled = await lane.settled()
    try? interposer.afterUploads(settled.count)
    return settled
  }
  func cancelAll() { lane.cancelAll() }
  var sentByteCount: Int64 { lane.sentByteCount }
}

private struct InterposedRepository: FileRepository {
  let rows: any FileRepository
  let interposer: Interposer

  func conversation(continuationID: String) async throws(StorageError) -> Conversation? {
    try await rows.conversation(continuationID: continuationID)
  }
  func createConversation(
    continuationID: String, title: String?, metadata: [String: JSONValue]
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    try await rows.createConversation(continuationID: continuationID, title: title, metadata: metadata)
  }
  func conversations(
    matching query: ConversationQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Conversation> {
    try await rows.conversations(matching: query, after: cursor, limit: limit)
  }
  func insert(_ message: Message, into conversation: Conversation) async throws(StorageError) -> Bool {
    try await rows.insert(message, into: conversation)
  }
  func messages(
    of conversation: Conversation, before cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Message> {
    try await rows.messages(of: conversation, before: cursor, limit: limit)
  }
  func files(ids: [FileID]) async throws(StorageError) -> [FileRow] { try await rows.files(ids: ids) }
  func files(storagePaths: [String]) async throws(StorageError) -> [FileRow] {
    try await rows.files(storagePaths: storagePaths)
  }
  func files(
    matching query: FileQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<FileRow> {
    try await rows.files(matching: query, after: cursor, limit: limit)
  }
  func count(_ query: FileQuery) async throws(StorageError) -> Int { try await rows.count(query) }
  func usage(after id: FileID?) async throws(StorageError) -> (usage: Usage, last: FileID?) {
    try await rows.usage(after: id)
  }
  func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID> {
    try interposer.reporting(interposer.beforeInsert)
    let inserted = try await rows.insert(files)
    try interposer.reporting(interposer.afterInsert)
    return inserted
  }
  func updateMetadata(
    of id: FileID, from old: FileMetadata, to new: FileMetadata
  ) async throws(StorageError) -> Bool {
    try interposer.reporting(interposer.beforeMetadataUpdate)
    return try await rows.updateMetadata(of: id, from: old, to: new)
  }
  func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID> {
    try await rows.linkedFiles(of: conversation, after: id)
  }
  func linkCounts(of files: [FileID]) async throws(StorageError) -> [FileID: Int] {
    try await rows.linkCounts(of: files)
  }
  func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    try await rows.link(files, to: conversation)
  }
  func unlink(_ files: [FileID], from conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    try await rows.unlink(files, from: conversation)
  }
}
