import FoundationEssentials

/// Who makes a request, as a verified token tells.
struct StorageCaller: Sendable {
  /// The PostgreSQL role of the transaction.
  var role: String
  /// The claim `sub`.
  var subject: String?
  /// All claims, as JSON.
  var claims: String

  static let anonymous = StorageCaller(role: "anon", subject: nil, claims: "{}")

  /// The subject where it is a UUID: `owner` has that type.
  var owner: String? {
    subject.flatMap { UUID(uuidString: $0) == nil ? nil : $0 }
  }
}

/// Verifies HS256 tokens with the messages of the real server's library.
struct StorageAuthentication: Sendable {
  struct Refusal: Error, Equatable {
    var message: String
  }

  let secret: [UInt8]

  /// The caller of a protected route. `Bearer` may be missing; other schemes are taken for a bad token.
  func caller(of request: HTTPRequest) throws(StorageError) -> StorageCaller {
    do throws(Refusal) {
      return try verify(Self.token(in: request.headers["authorization"] ?? ""))
    } catch {
      throw .accessDenied(error.message)
    }
  }

  private static func token(in authorization: String) -> Substring {
    let scheme = authorization.prefix(7).lowercased()
    guard scheme == "bearer " else { return authorization[...] }
    return authorization.dropFirst(7).drop { $0 == " " }
  }

  /// The claims of a token, verified.
  func verify(_ token: Substring) throws(Refusal) -> StorageCaller {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = parts.first, let signature = parts.last else {
      throw Refusal(message: "Invalid Compact JWS")
    }
    guard let headerBytes = Base64.decode(header), let fields = JSON(parsing: headerBytes, loneSurrogates: .replaced),
      case .object = fields
    else { throw Refusal(message: "JWS Protected Header is invalid") }
    guard let algorithm = fields["alg"]?.string, !algorithm.isEmpty else {
      throw Refusal(message: #"JWS "alg" (Algorithm) Header Parameter missing or invalid"#)
    }
    guard algorithm == "HS256" else {
      throw Refusal(message: #""alg" (Algorithm) Header Parameter value not allowed"#)
    }
    let signed = Array("\(parts[0]).\(parts[1])".utf8)
    guard Base64.decode(signature) == hmacSHA256(signed, key: secret) else {
      throw Refusal(message: "signature verification failed")
    }
    guard let payload = Base64.decode(parts[1]), let claims = JSON(parsing: payload, loneSurrogates: .replaced),
      case .object = claims
    else { throw Refusal(message: "JWT Claims Set must be a top-level JSON object") }
    try Self.checkTimes(claims)
    return StorageCaller(
      role: claims["role"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "anon", subject: claims["sub"]?.string,
      claims: claims.shortText)
  }

  private static func checkTimes(_ claims: JSON) throws(Refusal) {
    let now = Double(Timestamp.now().seconds)
    for name in ["nbf", "exp"] {
      switch claims[name] {
      case nil: continue
      case .number(let time):
        let isGood = name == "nbf" ? time <= now : time > now
        guard isGood else { throw Refusal(message: "\"\(name)\" claim timestamp check failed") }
      default: throw Refusal(message: "\"\(name)\" claim must be a number")
      }
    }
  }
}
