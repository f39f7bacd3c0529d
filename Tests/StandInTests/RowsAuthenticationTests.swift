import Testing

@testable import StandIn

@Suite struct RowsAuthenticationTests {
  private let secret = "a secret of at least thirty-two bytes"
  private let now = 1_800_000_000

  private func identity(_ authorization: String?) throws -> RowsIdentity {
    let now = now
    return try RowsAuthentication(secret: Array(secret.utf8), now: { now }).identity(authorization: authorization)
  }

  private func bearer(_ claims: String) -> String {
    "Bearer " + ReplayTokens(secret: secret).token(claims: claims, isForged: false)
  }

  private func refusal(_ authorization: String) -> String? {
    do throws(RowsError) {
      _ = try RowsAuthentication(secret: Array(secret.utf8), now: { [now] in now })
        .identity(authorization: authorization)
      return nil
    } catch {
      return "\(error.status) \(error.code) \(error.message)"
    }
  }

  @Test func `without a bearer token the role is anon`() throws {
    for header in [nil, "Basic abc", "abc"] {
      #expect(try identity(header) == RowsIdentity(role: "anon", claims: ["role": "anon"]))
    }
  }

  @Test func `the role claim is the role, and is added where it is missing`() throws {
    #expect(try identity(bearer(#"{"role":"service_role"}"#)).role == "service_role")
    #expect(try identity(bearer(#"{"sub":"x"}"#)).claims == ["sub": "x", "role": "anon"])
  }

  @Test func `clocks may be half a minute apart`() throws {
    #expect(refusal(bearer(#"{"exp":\#(now - 30)}"#)) == nil)
    #expect(refusal(bearer(#"{"exp":\#(now - 31)}"#)) == "401 PGRST303 JWT expired")
    #expect(refusal(bearer(#"{"nbf":\#(now + 30)}"#)) == nil)
    #expect(refusal(bearer(#"{"nbf":\#(now + 31)}"#)) == "401 PGRST303 JWT not yet valid")
    #expect(refusal(bearer(#"{"iat":\#(now + 31)}"#)) == "401 PGRST303 JWT issued at future")
    #expect(refusal(bearer(#"{"exp":"soon"}"#)) == "401 PGRST303 The JWT 'exp' claim must be a number")
  }

  @Test(arguments: [
    ("Bearer ", "401 PGRST301 Empty JWT is sent in Authorization header"),
    ("Bearer sb_secret_x", "401 PGRST301 Expected 3 parts in JWT; got 1"),
    ("Bearer a.b", "401 PGRST301 Expected 3 parts in JWT; got 2"),
    ("Bearer a.b.c", "401 PGRST301 JWT cryptographic operation failed"),
    ("Bearer eyJhbGciOiJub25lIn0.e30.", "401 PGRST301 Wrong or unsupported encoding algorithm"),
  ])
  func `tokens that cannot be decoded are told apart`(_ authorization: String, _ words: String) {
    #expect(refusal(authorization) == words)
  }

  @Test func `a token of another secret is refused`() {
    let forged = ReplayTokens(secret: secret).token(claims: #"{"role":"anon"}"#, isForged: true)
    #expect(refusal("bearer " + forged) == "401 PGRST301 No suitable key or wrong key type")
  }
}
