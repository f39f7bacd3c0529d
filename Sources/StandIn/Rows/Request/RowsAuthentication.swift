internal import Glibc

/// Who a request comes from.
struct RowsIdentity: Equatable, Sendable {
  static let anonymousRole = "anon"

  var role: String
  /// With the role filled in.
  var claims: JSON

  var isAnonymous: Bool { role == Self.anonymousRole }
}

/// Checks the tokens that come as `Authorization: Bearer …`, signed with HS256.
struct RowsAuthentication: Sendable {
  let secret: [UInt8]
  /// The time in seconds since 1970.
  var now: @Sendable () -> Int = { Glibc.time(nil) }

  /// How far the clocks may be apart, in seconds.
  private static let skew = 30

  /// Any other scheme counts as no token.
  func identity(authorization: String?) throws(RowsError) -> RowsIdentity {
    var claims: JSON = [:]
    if let token = authorization.flatMap(Self.bearer) {
      claims = try verified(token)
      try checkTimes(claims)
    }
    let role: String
    switch claims["role"] {
    case nil: role = RowsIdentity.anonymousRole
    case .string(let name): role = name
    case let other?: role = other.shortText
    }
    claims["role"] = .string(role)
    return RowsIdentity(role: role, claims: claims)
  }

  private static func bearer(_ authorization: String) -> String? {
    let scheme = authorization.prefix { !$0.isWhitespace }
    guard scheme.lowercased() == "bearer" else { return nil }
    return String(authorization.dropFirst(scheme.count).drop { $0.isWhitespace })
  }

  private func verified(_ token: String) throws(RowsError) -> JSON {
    guard !token.isEmpty else { throw .undecodableToken("Empty JWT is sent in Authorization header") }
    let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .undecodableToken("Expected 3 parts in JWT; got \(parts.count)") }
    guard let head = Base64.decodeURL(parts[0]), let content = Base64.decodeURL(parts[1]),
      let signature = Base64.decodeURL(parts[2]), let header = JSON(parsing: head),
      let algorithm = header["alg"]?.string, algorithm == "none" || Self.algorithms.contains(algorithm)
    else { throw .undecodableToken("JWT cryptographic operation failed") }
    if algorithm == "none" {
      throw .undecodableToken(
        "Wrong or unsupported encoding algorithm",
        details: "JWT is unsecured but expected 'alg' was not 'none'")
    }
    guard algorithm.hasPrefix("HS"), header["kid"] == nil else {
      throw .undecodableToken(
        "No suitable key or wrong key type", details: "No suitable key was found to decode the JWT")
    }
    let signed = Array(token.utf8.prefix(parts[0].count + 1 + parts[1].count))
    guard algorithm == "HS256", hmacSHA256(signed, key: secret) == signature else {
      throw .undecodableToken(
        "No suitable key or wrong key type", details: "None of the keys was able to decode the JWT")
    }
    guard let claims = JSON(parsing: content), case .object = claims else {
      throw .refusedClaims("Parsing claims failed")
    }
    return claims
  }

  private func checkTimes(_ claims: JSON) throws(RowsError) {
    let now = now()
    if let expiry = try Self.timeClaim("exp", claims), now - Self.skew > expiry { throw .refusedClaims("JWT expired") }
    if let start = try Self.timeClaim("nbf", claims), now + Self.skew < start {
      throw .refusedClaims("JWT not yet valid")
    }
    if let issue = try Self.timeClaim("iat", claims), now + Self.skew < issue {
      throw .refusedClaims("JWT issued at future")
    }
    switch claims["aud"] {
    case nil, .null, .string: break
    case .array(let audiences) where audiences.allSatisfy({ $0.string != nil }): break
    default: throw .refusedClaims("The JWT 'aud' claim must be a string or an array of strings")
    }
  }

  private static func timeClaim(_ name: String, _ claims: JSON) throws(RowsError) -> Int? {
    switch claims[name] {
    case nil, .null: return nil
    case .number(let number):
      guard number == number.rounded(), abs(number) < 0x1p62 else { return 0 }
      return Int(number)
    default: throw .refusedClaims("The JWT '\(name)' claim must be a number")
    }
  }

  private static let algorithms: Set<String> = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA",
  ]
}

extension RowsError {
  fileprivate static func undecodableToken(_ message: String, details: JSON = .null) -> RowsError {
    RowsError(
      status: 401, code: "PGRST301", message: message, details: details, headers: Self.invalidToken(message))
  }

  fileprivate static func refusedClaims(_ message: String) -> RowsError {
    RowsError(status: 401, code: "PGRST303", message: message, headers: Self.invalidToken(message))
  }

  private static func invalidToken(_ message: String) -> [String: String] {
    ["WWW-Authenticate": "Bearer error=\"invalid_token\", error_description=\"\(message)\""]
  }
}
