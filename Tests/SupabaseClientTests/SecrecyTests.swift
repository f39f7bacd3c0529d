import CurlHTTP
import StorageFormats
import Testing

@testable import SupabaseClient

/// Keys that come back from a server, or lie in our own values, are shown nowhere.
@Suite struct SecrecyTests {
  static let keys = [Fixture.secretKey, Fixture.serviceToken, "sb_publishable_0123456789abcdefABCDEF"]

  /// Every way in which a value is made text.
  private func texts(_ value: some Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    return ["\(value)", String(reflecting: value), dumped]
  }

  private func expectSecret(_ key: String, in value: some Any, sourceLocation: SourceLocation = #_sourceLocation) {
    for text in texts(value) {
      for part in key.split(separator: ".") where part.utf8.count > 12 {
        #expect(!text.contains(part), sourceLocation: sourceLocation)
      }
    }
  }

  @Test(arguments: keys)
  func `a project, its requests and its calls do not show the key`(_ key: String) throws {
    let project = try Fixture.project(key: key)
    let storage = StorageClient(project)
    expectSecret(key, in: project)
    expectSecret(key, in: storage.version())
    expectSecret(key, in: storage.version().request)
    expectSecret(key, in: try RowsClient(project).count("files"))
  }

  @Test(arguments: keys, [Fixture.storageRead, Fixture.storageWrite, Fixture.rowsRead, Fixture.rowsWrite])
  func `a key in an answer, wherever it stands, is in no error`(_ key: String, _ route: Route) {
    let members = ["message", "msg", "error", "code", "details", "hint", "statusCode"]
    var replies = members.map { Fixture.reply(400, #"{"\#($0)":"\#(key)"}"#) }
    replies += members.map { Fixture.reply(401, #"{"message":"no","\#($0)":"Bearer \#(key)\u0007"}"#) }
    replies += [
      Fixture.reply(401, key), Fixture.reply(502, "<html><title>\(key)</title>"), Fixture.reply(500, "\"\(key)\""),
      Fixture.reply(302, "", ["Location": "https://\(key)/?token=\(key)"]),
      Fixture.reply(500, "", ["Proxy-Status": "PostgREST; error=\(key)"]), Fixture.reply(200, "{\"a\":\"\(key)"),
      Fixture.reply(429, "", ["Retry-After": key]),
    ]
    for reply in replies {
      expectSecret(key, in: ServiceError(refusal: reply, of: route))
      expectSecret(key, in: ServiceError(unreadable: reply, of: route, "not the JSON meant"))
      #expect(throws: ServiceError.self) {
        do {
          _ = try route.decode([Int].self, from: reply)
        } catch {
          expectSecret(key, in: error)
          throw error
        }
      }
    }
  }

  @Test(arguments: keys)
  func `a key in the place of an address or a name is in no error`(_ key: String) throws {
    for text in [key, "https://\(key)@example.org", "https://example.org/?apikey=\(key)", "https://exa mple/\(key)"] {
      let error = #expect(throws: InvalidProjectAddress.self) { try ProjectAddress(text) }
      expectSecret(key, in: error as Any)
    }
    let rows = RowsClient(try Fixture.project())
    for name in ["\(key).a", "\(key) "] {
      let table = #expect(throws: ServiceError.self) { try rows.count(name) }
      let column = #expect(throws: ServiceError.self) {
        try rows.count("files", where: [.eq(Column(name), "x")])
      }
      expectSecret(key, in: column?.description as Any)
      #expect(table?.message == "not the name of a table or function")
    }
    for broken in ["\(key) ", "\(key)\n", "x\(key)"] {
      expectSecret(key, in: #expect(throws: InvalidAPIKey.self) { try APIKey(broken) } as Any)
    }
  }

  @Test(arguments: [
    (String(repeating: "x", count: 41), nil), ("a b", nil), ("a\u{1b}[31m", nil), ("", nil), ("NoSuchKey", "NoSuchKey"),
    ("PGRST205", "PGRST205"), ("FST_ERR_BAD_URL", "FST_ERR_BAD_URL"), ("23505", "23505"),
  ])
  func `a code is one short word`(_ text: String, _ code: String?) throws {
    var body = JSONWriter()
    body.beginObject()
    body.key("code")
    body.value(text)
    body.endObject()
    let reply = Fixture.reply(400, String(decoding: body.bytes, as: UTF8.self))
    #expect(ServiceError(refusal: reply, of: Fixture.rowsRead).code == code)
  }
}
