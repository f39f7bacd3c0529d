/// The keys of a project. The newer two stand for the older two at the gateway alone.
package struct APIKeys: Sendable {
  /// Signs and checks every token, HS256.
  package let jwtSecret: [UInt8]
  /// The legacy keys: tokens of a role.
  package let serviceRole: String
  package let anon: String
  /// The token of somebody who has signed in.
  package let authenticated: String
  /// `sb_secret_…` and `sb_publishable_…`, opaque.
  package let secret: String
  package let publishable: String

  /// - Parameter jwtSecret: at least 32 characters.
  package init(jwtSecret: String = "stand-in-secret-of-more-than-32-characters") {
    self.jwtSecret = Array(jwtSecret.utf8)
    serviceRole = Self.token(role: "service_role", secret: self.jwtSecret)
    anon = Self.token(role: "anon", secret: self.jwtSecret)
    authenticated = Self.token(role: "authenticated", secret: self.jwtSecret)
    secret = "sb_secret_StandInOnlySecretKey00_00000001"
    publishable = "sb_publishable_StandInOnlyPublicKey0_00000002"
  }

  /// The role's token in place of the one of the newer keys, when it came as a client is to send it.
  func authorization(replacing authorization: String?, forKey key: String?) -> String? {
    guard let key, key == secret || key == publishable else { return nil }
    guard authorization == nil || authorization == "Bearer \(key)" else { return nil }
    return "Bearer \(key == secret ? serviceRole : anon)"
  }

  private static func token(role: String, secret: [UInt8]) -> String {
    let claims = #"{"role":"\#(role)","iss":"supabase-stand-in","iat":1760000000,"exp":2100000000}"#
    let signed = Base64.encodeURL(#"{"alg":"HS256","typ":"JWT"}"#.utf8) + "." + Base64.encodeURL(claims.utf8)
    return signed + "." + Base64.encodeURL(hmacSHA256(Array(signed.utf8), key: secret))
  }
}
