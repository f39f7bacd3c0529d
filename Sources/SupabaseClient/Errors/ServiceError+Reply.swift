import CurlHTTP

extension ServiceError {
  /// Reads an answer that is no success: both services' envelopes, a gateway's, plain text, HTML or nothing at all.
  init(refusal reply: HTTPReply, of route: Route) {
    let envelope = ErrorEnvelope(reply.body)
    let code = envelope?.code ?? Self.code(ofLabel: envelope?.error, route.service) ?? Self.proxyStatusCode(reply)
    let status = Self.meantStatus(reply.status, envelope)
    var kind = Self.kind(status: status, code: code, envelope: envelope, route: route)
    // Perhaps it is this request's own first sending that stands in the way, or that took away what is missing.
    if reply.wasSentAgain, route.effect == .writes, kind == .conflict || kind == .missing { kind = .ambiguous }
    self.init(
      kind, route, status: status, httpStatus: reply.status, code: code,
      message: Self.message(of: reply, envelope, code),
      details: envelope?.details.flatMap(Self.withoutRow), hint: envelope?.hint.map(MessageCleaner.clean),
      retryAfter: RetryAfter.duration(in: reply), isForeign: Self.isForeign(reply, envelope, code, route))
  }

  /// Supabase redirects nobody, shows no pages, and has every route that is asked for.
  private static func isForeign(
    _ reply: HTTPReply, _ envelope: ErrorEnvelope?, _ code: String?, _ route: Route
  ) -> Bool {
    if code != nil { return false }
    if (300..<400).contains(reply.status) { return true }
    if let envelope { return envelope.message?.hasPrefix("no Route matched") ?? false }
    if reply.body.isEmpty {
      if reply.header("Content-Type")?.hasPrefix("text/html") ?? false { return true }
      // PostgREST says which table is missing, to HEAD in a header.
      return route.method == .head && reply.status == 404 && !(reply.header("Server")?.hasPrefix("postgrest") ?? false)
    }
    return reply.body.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) } == UInt8(ascii: "<")
  }

  /// An answer with a status of success that is not what the service says: whether the request was done is unknown.
  init(unreadable reply: HTTPReply, of route: Route, _ problem: String) {
    self.init(
      Self.lost(route.effect), route, status: reply.status, httpStatus: reply.status,
      message: MessageCleaner.clean("unexpected answer: \(problem)"))
  }

  private static func kind(status: Int, code: String?, envelope: ErrorEnvelope?, route: Route) -> Kind {
    let known: Kind? =
      switch route.service {
      case .storage: StorageCodes.kind(of: code, message: envelope?.message ?? "", effect: route.effect)
      case .rows: RowCodes.kind(of: code, status: status, effect: route.effect)
      }
    if let known { return known }
    // A 404 that is not one of the service's own comes from what stands before it.
    let isOwnAnswer = route.service == .storage && envelope?.status != nil && envelope?.error != "Not Found"
    return StatusCodes.kind(of: status, isOwnAnswer: isOwnAnswer, effect: route.effect)
  }

  /// Storage answers 400 and writes the true status into the body.
  private static func meantStatus(_ status: Int, _ envelope: ErrorEnvelope?) -> Int {
    guard status == 400, let inner = envelope?.status, (400..<600).contains(inner) else { return status }
    return inner
  }

  /// Older Storage servers send a label and no code.
  private static func code(ofLabel label: String?, _ service: Route.Service) -> String? {
    guard service == .storage else { return nil }
    return switch label {
    case "Bucket not found": "NoSuchBucket"
    case "not_found": "NoSuchKey"
    case "Duplicate": "KeyAlreadyExists"
    case "Payload too large": "EntityTooLarge"
    case "invalid_mime_type": "InvalidMimeType"
    case "InvalidKey": "InvalidKey"
    case "Unauthorized": "AccessDenied"
    default: nil
    }
  }

  /// `Proxy-Status: PostgREST; error=57014`: the only code an answer to HEAD carries.
  private static func proxyStatusCode(_ reply: HTTPReply) -> String? {
    guard let field = reply.header("Proxy-Status"), let start = field.firstRange(of: "error=") else { return nil }
    let code = String(field[start.upperBound...].prefix { $0 != ";" && $0 != "," && $0 != " " })
    return ErrorEnvelope.isCode(code) ? code : nil
  }

  private static func message(of reply: HTTPReply, _ envelope: ErrorEnvelope?, _ code: String?) -> String {
    if let text = envelope?.message ?? envelope?.error, !text.isEmpty { return MessageCleaner.clean(text) }
    if (300..<400).contains(reply.status), let target = reply.header("Location") {
      return MessageCleaner.clean("unexpected redirect\(host(of: target).map { " to host \($0)" } ?? "")")
    }
    let text = MessageCleaner.clean(MessageCleaner.text(of: reply.body))
    if !text.isEmpty { return text }
    return code.map { "error \($0) without a message" } ?? "an answer without a message"
  }

  private static func host(of url: String) -> Substring? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.split(separator: "@").last
  }

  /// PostgreSQL quotes the row it refuses; that is the user's data and nobody else's.
  private static func withoutRow(_ details: String) -> String? {
    details.hasPrefix("Failing row contains") ? nil : MessageCleaner.clean(details)
  }
}
