import CurlHTTP
import Testing

@testable import SupabaseClient

@Suite struct APIKeyTests {
  @Test func `a legacy key tells its role, project and expiry`() throws {
    let key = try APIKey(Fixture.serviceToken)
    guard case .legacy(let claims) = key.kind else {
      Issue.record("not a legacy key")
      return
    }
    #expect(claims.role == "service_role")
    #expect(claims.projectReference == "abcdefgh")
    #expect(claims.expiresAt == 2_000_000_000)
    #expect(key.role == "service_role")
  }

  @Test func `the opaque kinds are told apart`() throws {
    #expect(try APIKey(Fixture.secretKey).kind == .secret)
    #expect(try APIKey(Fixture.secretKey).role == "service_role")
    #expect(try APIKey("sb_publishable_abc").kind == .publishable)
    #expect(try APIKey("sb_publishable_abc").role == "anon")
  }

  @Test func `a token without a role counts as anon`() throws {
    #expect(try APIKey("eyJhbGciOiJIUzI1NiJ9.e30.eA").role == "anon")
  }

  @Test(arguments: [
    ("", InvalidAPIKey.empty),
    ("sb_secret_", .truncated),
    ("sb_secret_a b", .forbiddenCharacter),
    ("sb_secret_a/b", .forbiddenCharacter),
    ("sb_publishable_ä", .forbiddenCharacter),
    ("\(Fixture.serviceToken)\n", .forbiddenCharacter),
    ("your-service-role-key", .unknownForm),
    ("eyJhbGciOiJIUzI1NiJ9", .truncated),
    ("eyJhbGciOiJIUzI1NiJ9.e30", .truncated),
    ("eyJhbGciOiJIUzI1NiJ9.e30.", .truncated),
    ("a.b.c", .unreadableToken),
    ("eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24.eA", .unreadableToken),
  ])
  func `what is no key is refused by its fault`(_ text: String, _ fault: InvalidAPIKey) {
    #expect(throws: fault) { try APIKey(text) }
  }

  @Test func `a legacy key is sent in both fields, an opaque one in one`() throws {
    let legacy = try Fixture.project(key: Fixture.serviceToken).request(Fixture.rowsRead, "/files")
    #expect(legacy.header("apikey") == Fixture.serviceToken)
    #expect(legacy.header("Authorization") == "Bearer \(Fixture.serviceToken)")
    for key in [Fixture.secretKey, "sb_publishable_abc"] {
      let opaque = try Fixture.project(key: key).request(Fixture.rowsRead, "/files")
      #expect(opaque.header("apikey") == key)
      #expect(opaque.header("Authorization") == nil)
    }
  }

  @Test func `a key shows itself nowhere`() throws {
    let key = try APIKey(Fixture.secretKey)
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped, "\(Secret(Fixture.secretKey))"] {
      #expect(!text.contains("0123456789"), "\(text)")
    }
  }
}
