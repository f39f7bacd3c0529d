/// A project's API key, checked for its form. Whether the project accepts it only the project can say.
package struct APIKey: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A JSON Web Token, the older kind: names its role in the open.
    case legacy(LegacyClaims)
    /// `sb_secret_…`: becomes the service role at the gateway.
    case secret
    /// `sb_publishable_…`: becomes the anonymous role at the gateway.
    case publishable
  }

  /// What a legacy key says of itself; the signature is the server's to check.
  package struct LegacyClaims: Hashable, Sendable {
    /// Nil counts as `anon` on every service.
    package let role: String?
    /// Seconds since 1970 UTC after which no service accepts the key.
    package let expiresAt: Int64?
    /// The project the key was made for, where it says so.
    package let projectReference: String?
  }

  package let kind: Kind
  let secret: Secret

  /// Takes the key without surrounding white space.
  package init(_ text: String) throws(InvalidAPIKey) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .forbiddenCharacter }
    if let rest = text.removing(prefix: "sb_secret_") {
      try Self.checkOpaque(rest)
      kind = .secret
    } else if let rest = text.removing(prefix: "sb_publishable_") {
      try Self.checkOpaque(rest)
      kind = .publishable
    } else {
      kind = .legacy(try LegacyClaims(token: text))
    }
    secret = Secret(text)
  }

  /// The role that requests with this key run as, as far as the key shows it.
  package var role: String {
    switch kind {
    case .legacy(let claims): claims.role ?? "anon"
    case .secret: "service_role"
    case .publishable: "anon"
    }
  }

  private static func checkOpaque(_ rest: Substring) throws(InvalidAPIKey) {
    guard !rest.isEmpty else { throw .truncated }
    guard rest.utf8.allSatisfy(PercentEncoding.isUnreserved) else { throw .forbiddenCharacter }
  }
}

/// Why a text is no API key. Never holds any of it.
package enum InvalidAPIKey: Error, Hashable, Sendable {
  case empty
  /// White space, a control character, or a letter no key has.
  case forbiddenCharacter
  /// Neither `sb_secret_…`, `sb_publishable_…` nor a token of three parts.
  case unknownForm
  /// Begins like a key and ends too early.
  case truncated
  /// Three parts, but the header or the claims cannot be read.
  case unreadableToken
}

extension InvalidAPIKey: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the key is empty"
    case .forbiddenCharacter: "the key holds a space, a control character or a letter that no key has"
    case .unknownForm: "the text is neither an sb_secret_, an sb_publishable_ nor a legacy JWT key"
    case .truncated: "the key is cut off"
    case .unreadableToken: "the key looks like a legacy JWT key, but its parts cannot be read"
    }
  }
}

extension String {
  /// What follows `prefix`; nil without it.
  func removing(prefix: String) -> Substring? {
    hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }
}
