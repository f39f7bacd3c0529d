package import CurlHTTP

/// A request that did not bring what was asked for, and what that means for whoever asked.
package struct ServiceError: Error, Equatable, Sendable {
  /// What to do about it; decided once, from everything that is known.
  package enum Kind: Sendable {
    /// Nothing was changed, and the same request may succeed after a pause.
    case retryable
    /// A write that may have been done: ask before sending it again.
    case ambiguous
    /// The key, its role, a policy or TLS forbids it.
    case denied
    /// The object or row is not there, or hidden from this role.
    case missing
    /// Something else is there already, or still refers to it.
    case conflict
    /// Too large, too many, too long, or of a type the bucket refuses.
    case limit
    /// The project lacks a bucket, table, column or function, or the address is not a project's.
    case setUp
    /// The project is paused, restricted or read-only: repeating does not help.
    case serviceDown
    /// The request itself is wrong: sending it again brings the same answer.
    case invalid
    /// A file of this machine could not be read, ended early, or could not be written.
    case local
    /// The caller's task was cancelled.
    case cancelled
  }

  package let route: Route
  package let kind: Kind
  /// The status the service means, which Storage hides in the body of a 400. Nil without an answer.
  package let status: Int?
  /// The status on the wire. Nil without an answer.
  package let httpStatus: Int?
  /// The service's own code, such as `NoSuchKey`, `23505` or `PGRST205`.
  package let code: String?
  /// One line, at most 1 KiB, without control characters and tokens.
  package let message: String
  /// PostgreSQL's detail, cleaned like `message`; left out where it would quote a whole row.
  package let details: String?
  package let hint: String?
  /// How long the server asks to wait.
  package let retryAfter: Duration?
  /// Why no usable answer came. Nil with an answer.
  package let transport: TransportError.Reason?
  /// Whether something else answered than the service or its gateway: a filter's page, a redirect, another server.
  package let isForeign: Bool

  init(
    _ kind: Kind, _ route: Route, status: Int? = nil, httpStatus: Int? = nil, code: String? = nil, message: String,
    details: String? = nil, hint: String? = nil, retryAfter: Duration? = nil, transport: TransportError.Reason? = nil,
    isForeign: Bool = false
  ) {
    self.route = route
    self.kind = kind
    self.status = status
    self.httpStatus = httpStatus
    self.code = code
    self.message = message
    self.details = details
    self.hint = hint
    self.retryAfter = retryAfter
    self.transport = transport
    self.isForeign = isForeign
  }

  /// A request that was refused before it was sent.
  static func unsent(_ route: Route, as kind: Kind = .invalid, _ message: String) -> ServiceError {
    ServiceError(kind, route, message: message)
  }
}

extension ServiceError {
  /// The service works at its limit: fewer requests at a time.
  package var asksForLess: Bool {
    switch status {
    case 429, 503, 544: true
    default: transport == .timedOut || transport == .stalled
    }
  }

  /// The same answer also stands for a lasting fault (a blob that is gone, a page of a proxy): repeat it once only.
  package var deservesOneRetry: Bool {
    if isUnreadableSuccess { return true }
    guard kind == .retryable || kind == .ambiguous else { return false }
    return route.service == .storage && ["InternalError", "UnknownError", "DatabaseError"].contains(code)
  }

  /// An answer with a status of success that cannot be read, or is not what the service says.
  package var isUnreadableSuccess: Bool {
    guard kind == .retryable || kind == .ambiguous, transport == nil, let httpStatus else { return false }
    return (200..<300).contains(httpStatus)
  }

  /// When attempts are used up: it is the service that is away, not this request that is refused.
  package var meansServiceDown: Bool {
    switch kind {
    case .serviceDown: true
    case .retryable, .ambiguous: transport != nil || (status ?? 0) >= 500
    case .denied, .missing, .conflict, .limit, .setUp, .invalid, .local, .cancelled: false
    }
  }

  /// The key's time is over: nothing with this key succeeds any more.
  package var isExpiredKey: Bool {
    kind == .denied && (message == "JWT expired" || message.hasPrefix("\"exp\" claim"))
  }

  /// The project takes keys of the older kind no longer.
  package var isOfDisabledKey: Bool { kind == .denied && message.hasPrefix("Legacy API keys are disabled") }

  /// The role has no privilege on a table or function at all; of a policy that forbids a row PostgreSQL speaks otherwise.
  package var isMissingGrant: Bool { code == "42501" && message.hasPrefix("permission denied for") }

  /// The server is older than PostgREST 12.2: it cannot promise how many rows a change affects.
  package var isOfOldServer: Bool { code == "PGRST122" || code == Self.guardNotApplied }

  /// Ours, in place of a server's: it made a change and dropped the limit without a word.
  static let guardNotApplied = "guard_not_applied"

  /// A row refers to another one that is gone, or is still referred to.
  package var isForeignKeyViolation: Bool { code == "23503" }

  /// The trigger of the trash: the object on the row's path is being deleted, or was.
  package var isPathBeingPurged: Bool { code == "SS001" }
  /// What keeps the functions of the trash from a right decision, by its names: row-level security, a missing key or
  /// trigger. None for every other error.
  package var obstaclesToDelete: [String] {
    guard code == "SS002" else { return [] }
    let names = message.split(separator: ": ").last?.split(separator: ", ").map(String.init) ?? []
    return names.isEmpty ? [message] : names
  }
}

extension ServiceError: CustomStringConvertible {
  package var description: String {
    var parts = [route.description]
    if let status { parts.append([String(status), code].compactMap(\.self).joined(separator: " ")) }
    parts.append(message)
    if let details { parts.append(details) }
    return parts.joined(separator: ": ")
  }
}
