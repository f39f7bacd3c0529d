internal import CurlHTTP
internal import StorageModel
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
    let (code, hint) = meaningOfKind(error)
    if error.transport == .tls {
      return (
        code, "if its certificate is to be trusted, name its authority with SUPASTORE_CA_FILE; else check SUPABASE_URL"
      )
    }
    guard error.isForeign else { return (code, hint) }
    if [413, 414, 431].contains(error.status) {
      return (
        code,
        "a proxy in front of Supabase takes no request of this size: raise its limit (nginx: client_max_body_size)"
      )
    }
    return (code, "something between answered: check SUPABASE_URL, and the proxies, gateways and firewalls on the way")
  }

  private static func meaningOfKind(_ error: ServiceError) -> (Code, hint: String?) {
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
    case .denied where error.isExpiredKey:
      (.denied, "the key has expired: make a new one in the dashboard under Settings, API Keys")
    case .denied where error.isOfDisabledKey:
      (
        .denied,
        [error.hint, "take an sb_secret_ key from the dashboard: Settings, API Keys"].compactMap(\.self)
          .joined(separator: "; ")
      )
    case .denied: (.denied, "check SUPABASE_SERVICE_ROLE_KEY: dashboard, Settings, API Keys")
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
}

extension ServiceError {
  /// Whether PostgREST has no database.
  fileprivate var isDatabaseAway: Bool { ["PGRST000", "PGRST001", "PGRST002"].contains(code) }

  /// Whether the bytes of an object were asked for.
  fileprivate var isOfObjectBytes: Bool {
    route.service == .storage && route.method == .get && route.name == "object"
  }
}
