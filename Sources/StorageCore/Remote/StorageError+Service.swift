internal import SupabaseClient

extension StorageError {
  /// What an error of the wire means for somebody who stores files.
  init(_ error: ServiceError) {
    if let obstacle = error.obstaclesToDelete.first {
      self = .refused(byObstacle: obstacle)
      return
    }
    let (code, hint) = Self.meaning(of: error)
    self.init(
      code, error.description, hint: hint, retry: Self.retry(after: error),
      cause: error.isOfOldServer ? .oldServer : nil)
  }

  private static func meaning(of error: ServiceError) -> (Code, hint: String?) {
    switch error.kind {
    case .retryable, .ambiguous:
      if error.isOfObjectBytes, error.code == "InternalError" {
        // The service answers like this for good when it has lost the bytes of an object that it lists.
        (.objectMissing, "store the file again: the same command mends it")
      } else if error.asksForLess, !error.isDatabaseAway {
        (.unreachable, "the service is at its limit: run the same command later")
      } else if error.meansServiceDown {
        (.unreachable, "check SUPABASE_URL, the network, and the project's state in the dashboard; then run it again")
      } else if error.isUnreadableSuccess {
        (.unexpectedAnswer, StorageError.hintOfUnexpectedAnswer)
      } else {
        (.rejected, "run the same command again")
      }
    case .serviceDown:
      (.unreachable, "the project is paused, restricted or read-only: see the dashboard")
    case .denied where error.isMissingGrant:
      (
        .denied,
        "the database grants the key's role nothing on it: run `supastore schema | psql \"$DB_URL\"`, which grants the "
          + "service role what it needs"
      )
    case .denied:
      error.isExpiredKey
        ? (.denied, "the key has expired: make a new one in the dashboard under Settings, API")
        : (.denied, "check SUPABASE_SERVICE_ROLE_KEY: dashboard, Settings, API")
    case .missing: (.notFound, nil)
    case .conflict:
      if error.isForeignKeyViolation {
        (.notFound, nil)
      } else if error.isPathBeingPurged {
        (.purging, "run the same command again after a minute")
      } else {
        (.conflict, nil)
      }
    case .limit:
      if error.status == 413 {
        (.tooLarge, "raise the limit in the dashboard")
      } else if error.httpStatus == nil, error.route.service == .rows {
        (.rejected, "an id, a name or the row's metadata are too long to be asked for: use shorter ones")
      } else {
        // Of a download: more bytes than the object was to have.
        (error.isOfObjectBytes ? .integrity : .rejected, nil)
      }
    case .setUp where error.isOfOldServer:
      (.setup, "PostgREST 12.2 or later is needed, which promises how many rows a change affects: update the project")
    case .setUp:
      error.route.service == .storage
        ? (.setup, "run `supastore setup`") : (.setup, "make the tables: `supastore schema | psql \"$DB_URL\"`")
    case .invalid: (.rejected, nil)
    case .local: (.unreadable, nil)
    case .cancelled: (.interrupted, nil)
    }
  }

  private static func retry(after error: ServiceError) -> Retry {
    switch error.kind {
    case .retryable, .ambiguous:
      if error.deservesOneRetry { return .once }
      return error.asksForLess || error.retryAfter != nil ? .throttled(after: error.retryAfter) : .soon
    case .denied, .missing, .conflict, .limit, .setUp, .serviceDown, .invalid, .local, .cancelled: return .never
    }
  }

  /// The row of this very file stands on another path: it was stored as another type.
  static func storedElsewhere(_ row: FileRow) -> StorageError {
    StorageError(
      .conflict, "the same file is stored already as \(row.type.rawValue), on \(row.storagePath)",
      hint: "use it there, or store it with --type \(row.type.rawValue)")
  }

  /// A row of somebody else's lies where ours should.
  static func pathTaken(_ path: String, by id: FileID) -> StorageError {
    StorageError(
      .conflict, "another row (\(id)) holds the storage path \(path)",
      hint: "it was not made by supastore: remove it, or store the file under another name")
  }
}

extension StorageError {
  /// On the path that a person chose lies something else.
  static func otherContent(on path: String) -> StorageError {
    StorageError(
      .conflict, "the storage path \(path) holds another file, which is never replaced",
      hint: "choose another path, or leave --path out")
  }

  /// - Parameter byteCount: nil when it was not read to its end.
  static func tooLarge(byteCount: Int64?, _ bucket: StoredBucket) -> StorageError {
    let size = byteCount.map { "\($0) bytes are" } ?? "it is"
    if bucket.byteLimit.map({ $0 > FileRow.byteCountLimit }) ?? true {
      return StorageError(
        .tooLarge, "\(size) more than the column size_bytes of the table files can hold (\(FileRow.byteCountLimit))",
        hint: "cut the file into parts, or leave it out with --exclude")
    }
    return StorageError(
      .tooLarge, "\(size) more than bucket \(bucket.name) takes (\(bucket.byteLimit ?? 0))",
      hint: "raise the bucket's file size limit in the dashboard, or leave the file out")
  }

  static let sensitive = StorageError(
    .sensitive, "the name is one of files that hold secrets", hint: "store it all the same with --allow-sensitive")

  static let deadline = StorageError(
    .deadline, "the time limit was reached before it was stored", hint: "run the same command again: it continues",
    retry: .soon)
}

extension ServiceError {
  /// Whether PostgREST has no database.
  fileprivate var isDatabaseAway: Bool { ["PGRST000", "PGRST001", "PGRST002"].contains(code) }

  /// Whether the bytes of an object were asked for.
  fileprivate var isOfObjectBytes: Bool {
    route.service == .storage && route.method == .get && route.name == "object"
  }
}

extension StorageError {
  /// What a local fault means for somebody who stores files.
  init(_ error: FileError) {
    let file = Cause.file(error.path)
    switch error {
    case .failed(.write, _, _), .failed(.create, _, _):
      self.init(.unwritable, error.description, hint: "see to the permissions and the space there", cause: file)
    case .notRegular(_, .symbolicLink):
      self.init(.unreadable, error.description, hint: "name the file that it leads to", cause: file)
    case .notRegular(_, .directory):
      self.init(.unreadable, error.description, hint: "store a directory with `supastore upload -r`", cause: file)
    case .failed, .notRegular, .tooDeep, .undigestible:
      self.init(.unreadable, error.description, hint: "see to its name and permissions, or leave it out", cause: file)
    case .changed:
      self.init(
        .changed, error.description, hint: "run the same command when nothing writes to it", retry: .soon,
        cause: file)
    }
  }
}
