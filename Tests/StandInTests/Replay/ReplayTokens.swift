import FoundationEssentials
import StandIn

/// The bearer tokens that recordings name.
struct ReplayTokens {
  private static let otherSecret = "another-secret-another-secret-another"

  let secret: String
  private let bearers: [String: String]

  init(secret: String) {
    self.secret = secret
    let life = #""iat":1760000000,"exp":2100000000"#
    let claims = [
      "service_role": #"{\#(life),"role":"service_role","iss":"supabase"}"#,
      "anon": #"{\#(life),"role":"anon","iss":"supabase"}"#,
      "authenticated": #"{\#(life),"role":"authenticated","sub":"11111111-1111-4111-8111-111111111111"}"#,
      "role-nope": #"{\#(life),"role":"nope"}"#,
      "expired": #"{"iat":1760000000,"exp":1760000100,"role":"service_role"}"#,
      "hs512": #"{\#(life),"role":"service_role"}"#,
      "wrong-signature": #"{\#(life),"role":"service_role"}"#,
    ]
    bearers = Dictionary(
      uniqueKeysWithValues: claims.map { kind, claims in
        let head = kind == "hs512" ? #"{"alg":"HS512","typ":"JWT"}"# : #"{"alg":"HS256","typ":"JWT"}"#
        let key = kind == "wrong-signature" ? Self.otherSecret : secret
        return (kind, Self.token(head: head, claims: claims, secret: key))
      })
  }

  /// The token of a kind.
  func bearer(_ kind: String) -> String { bearers[kind] ?? "" }

  /// A token with these claims, signed with the project's secret or with another.
  func token(claims: String, isForged: Bool) -> String {
    Self.token(head: #"{"alg":"HS256"}"#, claims: claims, secret: isForged ? Self.otherSecret : secret)
  }

  private static func token(head: String, claims: String, secret: String) -> String {
    let signed = base64URL(Array(head.utf8)) + "." + base64URL(Array(claims.utf8))
    let (message, key) = (Array(signed.utf8), Array(secret.utf8))
    let isLong = head.contains("HS512")
    return signed + "." + base64URL(isLong ? Digest.hmacSHA512(message, key: key) : hmacSHA256(message, key: key))
  }

  private static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
