package import StorageFiles
package import StorageModel

/// Buckets and the bytes in them.
///
/// Every operation may be repeated: what was done already counts as done.
package protocol ObjectStore: Sendable {
  /// The bucket of that name, or nil.
  func bucket(_ name: String) async throws(StorageError) -> StoredBucket?

  /// Makes a bucket. One of that name, whatever its settings, is left as it is.
  func create(_ bucket: StoredBucket) async throws(StorageError)

  /// What the service says of one object, or nil.
  func object(_ key: String, in bucket: String) async throws(StorageError) -> StoredObject?

  /// Up to 1000 objects whose keys begin with `prefix`, those after `key` in bytewise order.
  func objects(in bucket: String, prefix: String, after key: String?) async throws(StorageError) -> ObjectPage

  /// Sends one object. What lies there already is left alone unless `upload.overwrites`.
  func put(_ upload: ObjectUpload) async throws(StorageError) -> Placement

  /// A lane for sending many.
  func uploads() -> any UploadLane

  /// Hands an object's bytes to `incoming`, those it wants. Repeated after a failure, it goes on where it broke off.
  /// Throws `.notFound` when there is no object.
  func read(_ key: String, in bucket: String, into incoming: IncomingObject) async throws(StorageError)

  /// Asks for the first byte of an object that was described, of an empty one for all of nothing: lists and descriptions
  /// are no proof that the store has an object's bytes, see `docs/reliability.md`. One whose length nobody recorded is
  /// taken for one that has bytes.
  /// - Returns: whether what came is of the object as it was described; else it is another one, or another length, by now.
  ///   Throws `.notFound` when there is no such object, `.objectMissing` when the store seems to have no bytes of it.
  func readFirstByte(of object: StoredObject, in bucket: String) async throws(StorageError) -> Bool

  /// Deletes objects, at most 500; one that is not there is no error. Ends within 20 seconds, one way or the other: that
  /// none of them is there afterwards has to be asked with `isGone`.
  func delete(_ keys: [String], in bucket: String) async throws(StorageError)

  /// Whether an object's first byte was asked for and there is no such object.
  func isGone(_ key: String, in bucket: String) async throws(StorageError) -> Bool
}

/// One object on its way.
package struct ObjectUpload: Sendable {
  package enum Content: Sendable {
    case bytes([UInt8])
    /// The whole of an open file. Given up before the last of it is sent when it was written to since it was opened.
    case file(SourceFile)
  }

  package var bucket: String
  package var key: String
  package var mediaType: String
  package var content: Content
  /// Kept with the object.
  package var metadata: [(name: String, value: String)]
  package var overwrites: Bool

  package init(
    bucket: String, key: String, mediaType: String, content: Content, metadata: [(name: String, value: String)],
    overwrites: Bool = false
  ) {
    self.bucket = bucket
    self.key = key
    self.mediaType = mediaType
    self.content = content
    self.metadata = metadata
    self.overwrites = overwrites
  }
}

/// What became of an upload. Neither is a proof of the stored bytes.
package enum Placement: Sendable {
  case sent
  /// Something lies under the key; nothing was written.
  case alreadyThere
}

/// Many uploads at once. Jobs are handed over, and results come back, in batches: one hop between threads a file
/// would cost a third of a small upload.
package protocol UploadLane: Sendable {
  /// Uploads under way at one time; may be changed at any moment.
  func limit(to count: Int)

  /// Hands uploads over; `tag` comes back with the result.
  func submit(_ uploads: [(tag: Int, upload: ObjectUpload)])

  /// Waits until at least one upload has settled, then returns all that have. Empty when none is under way.
  func settled() async -> [(tag: Int, result: Result<Placement, StorageError>)]

  /// Ends everything under way; each settles with `.interrupted`.
  func cancelAll()

  /// Bytes of content sent so far.
  var sentByteCount: Int64 { get }
}

extension ObjectUpload {
  /// `error`, or what stands behind it: the file was written to while it was sent.
  package func explained(_ error: StorageError) -> StorageError {
    guard error.code == .unreadable, case .file(let source) = content, (try? source.hasChanged()) != false else {
      return error
    }
    return StorageError(.changed(source.path))
  }
}
