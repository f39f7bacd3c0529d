import CurlHTTP
import StorageFormats
import Testing

@testable import SupabaseClient

/// What an error says, whatever shape the answer has.
@Suite struct ServiceErrorTests {
  private func refusal(_ reply: HTTPReply, _ route: Route = Fixture.rowsWrite) -> ServiceError {
    ServiceError(refusal: reply, of: route)
  }

  @Test func `details and hint of PostgREST are kept, but never a whole row`() {
    let conflict = refusal(
      Fixture.reply(
        409,
        #"{"code":"23505","details":"Key (storage_path)=(d.bin) already exists.","hint":null,"message":"duplicate key"}"#
      ))
    #expect(conflict.details == "Key (storage_path)=(d.bin) already exists.")
    #expect(conflict.hint == nil)
    #expect(
      conflict.description == "rows POST files: 409 23505: duplicate key: Key (storage_path)=(d.bin) already exists.")
    let row = refusal(
      Fixture.reply(
        400, #"{"code":"23502","details":"Failing row contains (a, secret).","hint":"h","message":"null value"}"#))
    #expect(row.details == nil)
    #expect(row.hint == "h")
  }

  @Test func `details of another type do not spoil the rest`() {
    let error = refusal(
      Fixture.reply(300, #"{"code":"PGRST201","details":[{"cardinality":"one-to-many"}],"hint":"h","message":"many"}"#))
    #expect(error.code == "PGRST201")
    #expect(error.message == "many")
    #expect(error.details == nil)
  }

  @Test func `Storage's numeric status on unknown routes is understood`() {
    let body = #"{"message":"Route GET:/x not found","error":"Not Found","statusCode":404}"#
    let error = refusal(Fixture.reply(404, body), Fixture.storageRead)
    #expect(error.status == 404)
    #expect(error.kind == .setUp)
    let url = #"{"error":"Bad Request","code":"FST_ERR_BAD_URL","message":"not valid","statusCode":400}"#
    #expect(refusal(Fixture.reply(400, url), Fixture.storageRead).kind == .invalid)
  }

  @Test func `a gateway's answers are read without a code`() {
    let key = refusal(Fixture.reply(401, #"{"message":"Invalid API key","hint":"Double check your API key."}"#))
    #expect(key.kind == .denied)
    #expect(key.code == nil)
    #expect(key.hint == "Double check your API key.")
    #expect(refusal(Fixture.reply(404, #"{"error":"no Route matched"}"#)).message == "no Route matched")
    #expect(refusal(Fixture.reply(404, "{}")).kind == .setUp)
    #expect(refusal(Fixture.reply(404, "{}"), Fixture.storageRead).kind == .setUp)
  }

  @Test func `plain text, a cut body and no body at all still say something`() {
    #expect(refusal(Fixture.reply(400, "Bad Request")).message == "Bad Request")
    #expect(refusal(Fixture.reply(416, "{\"")).kind == .invalid)
    #expect(refusal(Fixture.reply(401)).message == "an answer without a message")
    #expect(
      refusal(Fixture.reply(503, "upstream connect error or\n disconnect")).message
        == "upstream connect error or disconnect")
  }

  @Test func `of a page of HTML only the title is told`() {
    let page = "\n<!DOCTYPE html>\n<html><head><TITLE>abc.supabase.co | 522: Connection timed out</TITLE><body>x</body>"
    #expect(refusal(Fixture.reply(522, page)).message == "an HTML page: abc.supabase.co | 522: Connection timed out")
    #expect(refusal(Fixture.reply(502, "<html><body>oops</body></html>")).message == "an HTML page")
  }

  @Test func `an answer to HEAD has its code in Proxy-Status`() {
    let route = Route(.rows, .head, "files", .reads)
    let error = refusal(Fixture.reply(500, "", ["Proxy-Status": "PostgREST; error=57014"]), route)
    #expect(error.code == "57014")
    #expect(error.kind == .limit)
  }

  @Test func `a redirect is refused and names its host only`() {
    let error = refusal(Fixture.reply(302, "", ["Location": "https://user:word@login.example.org/x?token=abc"]))
    #expect(error.kind == .setUp)
    #expect(error.message == "unexpected redirect to host login.example.org")
  }

  @Test func `a message is one line of at most a kilobyte`() {
    let error = refusal(Fixture.reply(400, #"{"message":"a\u0000b\u001b[31mc\nd\u2028e\u202ef  g"}"#))
    #expect(error.message == "a b [31mc d e f g")
    let long = refusal(Fixture.reply(400, String(repeating: "é", count: 3000)))
    #expect(long.message.utf8.count <= 1024)
    #expect(long.message.hasSuffix("é…"))
  }

  @Test(arguments: [
    "JWS \(Fixture.serviceToken) is bad", "key \(Fixture.secretKey) refused", "x=sb_publishable_abc",
    "(eyJhbGciOiJIUzI1NiIsInR5)",
    "Route GET:/object/sign/a?token=abc.def-ghi not found", "url?apikey=abcdefgh",
  ])
  func `no token survives in a message`(_ message: String) {
    let cleaned = MessageCleaner.clean(message)
    #expect(cleaned.contains("[removed]"))
    for secret in ["eyJ", "sb_secret_", "sb_publishable_", "abc.def", "abcdefgh"] { #expect(!cleaned.contains(secret)) }
  }

  @Test func `an ordinary message is left alone`() {
    let message = "duplicate key value violates unique constraint \"files_storage_path_key\" (a/b-c_d.e~f)"
    #expect(MessageCleaner.clean(message) == message)
  }

  @Test func `Retry-After is read as seconds or against the answer's own clock`() {
    func wait(_ headers: [String: String]) -> Duration? { refusal(Fixture.reply(503, "", headers)).retryAfter }
    #expect(wait(["Retry-After": "7"]) == .seconds(7))
    #expect(wait(["retry-after": "0"]) == .zero)
    #expect(
      wait(["Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"]) == .seconds(30))
    #expect(
      wait(["Retry-After": "Sun, 06 Nov 1994 08:49:07 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"]) == .zero)
    for bad in ["-1", "soon", "Sun, 06 Nov 1994 08:49:07 GMT", ""] { #expect(wait(["Retry-After": bad]) == nil) }
    #expect(wait(["Retry-After": "99999999999"]) == .seconds(86_400))
    #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
    #expect(HTTPDate.seconds("Tue, 29 Feb 2028 00:00:00 GMT") == 1_835_395_200)
  }

  @Test func `a refusal of what was sent twice may come from its own first sending`() {
    let replies = [
      #"{"statusCode":"409","error":"Duplicate","message":"The resource already exists","code":"KeyAlreadyExists"}"#,
      #"{"statusCode":"404","error":"not_found","message":"Object not found","code":"NoSuchKey"}"#,
      #"{"statusCode":"413","error":"Payload too large","message":"m","code":"EntityTooLarge"}"#,
    ].map { body in
      var reply = Fixture.reply(400, body)
      reply.wasSentAgain = true
      return reply
    }
    #expect(replies.map { refusal($0, Fixture.storageWrite).kind } == [.ambiguous, .ambiguous, .limit])
    #expect(replies.map { refusal($0, Fixture.storageRead).kind } == [.conflict, .missing, .limit])
  }

  @Test func `an answer of success in the wrong shape leaves the outcome open`() throws {
    let rows = RowsClient(try Fixture.project())
    let read = try rows.select(["id"], from: "files", as: JSONValue.self)
    for body in ["", "<html><title>Sign in</title></html>", "[{\"id\":", "{}"] {
      let error = #expect(throws: ServiceError.self) { try read.answer(from: Fixture.reply(200, body)) }
      #expect(error?.kind == .retryable)
      #expect(error?.message.hasPrefix("unexpected answer: ") == true)
    }
  }
}
