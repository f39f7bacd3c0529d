import SupabaseClient
import Testing

@Suite struct ProjectAddressTests {
  @Test(arguments: [
    ("https://abcdefgh.supabase.co", "https://abcdefgh.supabase.co"),
    ("https://abcdefgh.supabase.co/", "https://abcdefgh.supabase.co"),
    ("HTTPS://AbcDefgh.Supabase.CO//", "https://abcdefgh.supabase.co"),
    ("https://example.org:443", "https://example.org"),
    ("https://example.org:8443/", "https://example.org:8443"),
    ("https://example.org/supabase/", "https://example.org/supabase"),
    ("http://localhost:54321", "http://localhost:54321"),
    ("http://127.0.0.1:80", "http://127.0.0.1"),
    ("http://127.9.0.1:54321/", "http://127.9.0.1:54321"),
    ("http://[::1]:54321", "http://[::1]:54321"),
  ])
  func `an address has one normal form`(_ text: String, _ url: String) throws {
    #expect(try ProjectAddress(text).url == url)
  }

  @Test(arguments: [
    ("", InvalidProjectAddress.empty),
    ("abcdefgh.supabase.co", .noScheme),
    ("ftp://example.org", .unknownScheme),
    ("file:///etc/passwd", .unknownScheme),
    ("file:/etc/passwd", .noScheme),
    ("https:example.org", .noScheme),
    ("gopher://127.0.0.1", .unknownScheme),
    ("https://user:word@example.org", .userInfo),
    ("https://user@example.org", .userInfo),
    ("https://@example.org", .userInfo),
    ("http://127.0.0.1@example.org", .userInfo),
    ("https://example.org\\@evil.example", .userInfo),
    ("https://[ab]", .invalidHost),
    ("http://0.0.0.0", .plainHTTP),
    ("http://127.0.0.01", .plainHTTP),
    ("http://2130706433", .plainHTTP),
    ("http://[::2]", .plainHTTP),
    ("http://10.0.0.1", .plainHTTP),
    ("http://localhost.example.org", .plainHTTP),
    ("https://example.org?x=1", .queryOrFragment),
    ("https://example.org/#top", .queryOrFragment),
    ("https://exa mple.org", .forbiddenCharacter),
    ("https://example.org\r\nX: y", .forbiddenCharacter),
    ("https://bücher.example", .forbiddenCharacter),
    ("https://", .invalidHost),
    ("https:///rest", .invalidHost),
    ("https://a..b", .invalidHost),
    ("https://-x.org", .invalidHost),
    ("https://ex%41mple.org", .invalidHost),
    ("https://[::1", .invalidHost),
    ("https://example.org:", .invalidPort),
    ("https://example.org:0", .invalidPort),
    ("https://example.org:65536", .invalidPort),
    ("https://example.org:80x", .invalidPort),
    ("https://example.org/a//b", .invalidPath),
    ("https://example.org/a/../b", .invalidPath),
    ("https://example.org/a%2Fb", .invalidPath),
    ("https://abcdefgh.supabase.co/rest/v1/", .servicePath),
    ("https://abcdefgh.supabase.co/storage/v1", .servicePath),
    ("http://example.org", .plainHTTP),
    ("http://127.0.0.1.example.org", .plainHTTP),
    ("http://127.0.0", .plainHTTP),
  ])
  func `what is no project address is refused by its fault`(_ text: String, _ fault: InvalidProjectAddress) {
    #expect(throws: fault) { try ProjectAddress(text) }
  }

  @Test func `plain http to another machine needs the switch`() throws {
    #expect(try ProjectAddress("http://storage.lan:8000", allowingPlainHTTP: true).url == "http://storage.lan:8000")
  }
}
