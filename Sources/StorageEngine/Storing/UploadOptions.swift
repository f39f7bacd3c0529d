internal import StorageFiles
public import StorageModel

/// Where what is uploaded goes, and what its rows say of it.
public struct UploadOptions: Sendable {
  /// Of all files of the call.
  public var type = FileType.userUpload
  /// The conversation that everything is linked to; made if there is none.
  public var continuationID: String?
  /// Exactly this place in the bucket, for one file. What lies there already is never replaced; but no client can see to
  /// it that nobody else writes there at the same moment.
  public var storagePath: ObjectPath?
  /// In place of what names and contents say.
  public var mediaType: MediaType?
  /// Set in the metadata of every row, also of one that is there already. Keys that supastore has itself are refused.
  public var metadata: [String: String] = [:]
  /// When the files may be cleaned away. Of something that is there already the later one holds, and none is the latest.
  public var expiry: Expiry?
  /// Whether files may be stored whose names are those of secrets, such as `.env` and `id_rsa`.
  public var allowsSensitive = false
  /// Uploads at one time, at most.
  public var jobs = 16
  /// How much is read back to prove it.
  public var verification = Verification.etag
  /// Whether files that are listed, and of whose bytes this machine knows nothing, count as stored without being asked for
  /// their first byte.
  public var trustsListing = false
  /// When the run is to be over; what is not stored by then fails with the code `deadline`.
  public var deadline: ContinuousClock.Instant?

  /// A user's files, in no conversation, sixteen at a time.
  public init() {}
}

extension UploadOptions {
  /// Throws `.configuration` when they do not fit together or the sources.
  func check(_ sources: [UploadSource]) throws(StorageError) {
    if let key = metadata.keys.sorted().first(where: FileMetadata.ownKeys.contains) {
      throw StorageError(
        .configuration, "the metadata key \(key) is one that supastore sets itself", hint: "choose another key")
    }
    guard storagePath != nil else { return }
    guard sources.count == 1, sources.allSatisfy({ !$0.isDirectory }) else {
      throw StorageError(
        .configuration, "a storage path is for exactly one file",
        hint: "store the files one by one, or leave --path out")
    }
  }
}

extension UploadSource {
  fileprivate var isDirectory: Bool {
    switch content {
    case .directory: true
    case .either(let path, _): path.isDirectory
    case .file, .descriptor, .bytes, .unusable: false
    }
  }
}
