import CurlHTTP
import Testing

@testable import SupabaseClient

/// Which kind of error each answer is.
@Suite struct ClassificationTests {
  private func storage(_ status: String, _ error: String, _ code: String, _ message: String = "m") -> String {
    #"{"statusCode":"\#(status)","error":"\#(error)","message":"\#(message)","code":"\#(code)"}"#
  }

  private func rows(_ code: String, _ message: String = "m") -> String {
    #"{"code":"\#(code)","details":null,"hint":null,"message":"\#(message)"}"#
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let http: Int
    let status: Int
    let label: String
    let code: String
    let kind: ServiceError.Kind
    var testDescription: String { "\(code) \(status)" }

    init(_ http: Int, _ status: Int, _ label: String, _ code: String, _ kind: ServiceError.Kind) {
      self.http = http
      self.status = status
      self.label = label
      self.code = code
      self.kind = kind
    }
  }

  @Test(arguments: [
    Case(400, 404, "not_found", "NoSuchKey", .missing),
    Case(400, 404, "Bucket not found", "NoSuchBucket", .setUp),
    Case(400, 409, "Duplicate", "KeyAlreadyExists", .conflict),
    Case(400, 409, "Duplicate", "BucketAlreadyExists", .conflict),
    Case(400, 409, "TransactionError", "TransactionError", .retryable),
    Case(400, 413, "Payload too large", "EntityTooLarge", .limit),
    Case(413, 413, "FastifyError", "EntityTooLarge", .limit),
    Case(400, 415, "invalid_mime_type", "InvalidMimeType", .limit),
    Case(400, 400, "InvalidKey", "InvalidKey", .invalid),
    Case(400, 400, "Error", "InvalidRequest", .invalid),
    Case(400, 400, "InvalidParameter", "InvalidParameter", .invalid),
    Case(416, 416, "invalid_range", "InvalidRange", .invalid),
    Case(400, 403, "Unauthorized", "AccessDenied", .denied),
    Case(403, 403, "Unauthorized", "AccessDenied", .denied),
    Case(404, 404, "Not Found", "InvalidRequest", .setUp),
    Case(400, 423, "ResourceLocked", "ResourceLocked", .retryable),
    Case(400, 503, "acquiring_lock_timeout", "LockTimeout", .retryable),
    Case(429, 429, "too_many_connections", "SlowDown", .retryable),
    Case(544, 544, "DatabaseTimeout", "DatabaseTimeout", .retryable),
    Case(400, 503, "DatabaseReadOnly", "DatabaseReadOnly", .retryable),
    Case(500, 500, "Internal", "InternalError", .ambiguous),
    Case(500, 500, "DatabaseError", "DatabaseError", .ambiguous),
    Case(400, 503, "SlowDown", "S3Error", .ambiguous),
    Case(400, 404, "NoSuchThing", "S3Error", .missing),
    Case(400, 429, "SlowDown", "S3Error", .retryable),
  ])
  func `Storage's answers to a write`(_ item: Case) {
    let reply = Fixture.reply(item.http, storage("\(item.status)", item.label, item.code))
    let error = ServiceError(refusal: reply, of: Fixture.storageWrite)
    #expect(error.kind == item.kind)
    #expect(error.status == item.status)
    #expect(error.httpStatus == item.http)
    #expect(error.code == item.code)
    #expect(error.message == "m")
  }

  @Test func `a key that the gateway did not know is denied`() {
    let body = storage("400", "Error", "InvalidRequest", "headers must have required property 'authorization'")
    #expect(ServiceError(refusal: Fixture.reply(400, body), of: Fixture.storageRead).kind == .denied)
  }

  @Test func `a lost answer to a read may simply be asked for again`() {
    let reply = Fixture.reply(500, storage("500", "Internal", "InternalError"))
    #expect(ServiceError(refusal: reply, of: Fixture.storageRead).kind == .retryable)
    #expect(ServiceError(refusal: Fixture.reply(502), of: Fixture.rowsRead).kind == .retryable)
    #expect(ServiceError(refusal: Fixture.reply(502), of: Fixture.rowsWrite).kind == .ambiguous)
  }

  @Test(arguments: [("54000", ServiceError.Kind.limit), ("22023", .denied), ("XX000", .ambiguous)])
  func `Storage's database errors are read by their SQLSTATE`(_ code: String, _ kind: ServiceError.Kind) {
    let body = storage("500", "DatabaseError", "DatabaseError", "database error, code: \(code)")
    #expect(ServiceError(refusal: Fixture.reply(500, body), of: Fixture.storageWrite).kind == kind)
  }

  @Test(arguments: [
    ("Bucket not found", "404", "NoSuchBucket"), ("not_found", "404", "NoSuchKey"),
    ("Duplicate", "409", "KeyAlreadyExists"),
    ("Payload too large", "413", "EntityTooLarge"), ("Unauthorized", "403", "AccessDenied"),
  ])
  func `older Storage servers, which send labels only, are understood`(
    _ label: String, _ status: String, _ code: String
  ) {
    let body = #"{"statusCode":"\#(status)","error":"\#(label)","message":"m"}"#
    #expect(ServiceError(refusal: Fixture.reply(400, body), of: Fixture.storageWrite).code == code)
  }

  @Test(arguments: [
    (503, "PGRST000", ServiceError.Kind.retryable), (503, "PGRST001", .ambiguous), (503, "PGRST002", .retryable),
    (504, "PGRST003", .retryable), (400, "PGRST100", .invalid), (400, "PGRST102", .invalid),
    (416, "PGRST103", .invalid),
    (406, "PGRST106", .setUp), (405, "PGRST117", .invalid), (400, "PGRST124", .limit), (404, "PGRST125", .setUp),
    (404, "PGRST202", .setUp), (300, "PGRST203", .setUp), (400, "PGRST204", .setUp), (404, "PGRST205", .setUp),
    (500, "PGRST300", .setUp), (401, "PGRST301", .denied), (401, "PGRST302", .denied), (401, "PGRST303", .denied),
    (404, "42P01", .setUp), (400, "42703", .setUp), (400, "42P10", .setUp), (401, "42501", .denied),
    (403, "42501", .denied),
    (409, "23505", .conflict), (409, "23503", .conflict), (400, "23502", .invalid), (400, "22P02", .invalid),
    (400, "22003", .invalid), (400, "22P05", .invalid), (500, "21000", .invalid), (401, "22023", .denied),
    (400, "22023", .invalid), (405, "25006", .serviceDown), (500, "40001", .retryable), (500, "40P01", .retryable),
    (500, "55P03", .retryable), (503, "53300", .retryable), (500, "54000", .limit), (500, "57014", .limit),
    (503, "57P01", .ambiguous), (503, "08006", .ambiguous), (400, "P0001", .invalid), (418, "PT418", .invalid),
    (500, "XX000", .ambiguous),
  ])
  func `PostgREST's answers to a write`(_ status: Int, _ code: String, _ kind: ServiceError.Kind) {
    let error = ServiceError(refusal: Fixture.reply(status, rows(code)), of: Fixture.rowsWrite)
    #expect(error.kind == kind)
    #expect(error.code == code)
    #expect(error.status == status)
  }

  @Test(arguments: [
    (403, "<html><title>blocked</title></html>", true), (413, "\n<!DOCTYPE html>", true), (301, "", true),
    (404, #"{"message":"no Route matched with those values"}"#, true), (403, "", false), (503, "upstream", false),
    (300, #"{"code":"PGRST203","message":"m"}"#, false), (401, #"{"message":"Invalid API key"}"#, false),
    (404, #"{"code":"PGRST205","message":"m"}"#, false),
  ])
  func `who answered is known by how it answers`(_ status: Int, _ body: String, _ isForeign: Bool) {
    #expect(ServiceError(refusal: Fixture.reply(status, body), of: Fixture.rowsRead).isForeign == isForeign)
  }

  @Test(arguments: [
    (301, ServiceError.Kind.setUp), (400, .invalid), (401, .denied), (402, .serviceDown), (403, .denied), (404, .setUp),
    (408, .ambiguous), (409, .conflict), (413, .limit), (414, .limit), (425, .retryable), (429, .retryable),
    (431, .limit),
    (499, .ambiguous), (500, .ambiguous), (501, .serviceDown), (502, .ambiguous), (503, .ambiguous), (504, .ambiguous),
    (520, .ambiguous), (521, .retryable), (522, .ambiguous), (523, .retryable), (524, .ambiguous), (525, .retryable),
    (530, .retryable), (540, .serviceDown), (544, .ambiguous),
  ])
  func `a status alone, to a write`(_ status: Int, _ kind: ServiceError.Kind) {
    #expect(ServiceError(refusal: Fixture.reply(status), of: Fixture.rowsWrite).kind == kind)
    #expect(ServiceError(refusal: Fixture.reply(status), of: Fixture.storageWrite).kind == kind)
  }

  @Test(arguments: [
    (
      TransportError.Reason.nameNotResolved, TransportError.Outcome.nothingSent, ServiceError.Kind.retryable,
      ServiceError.Kind.retryable
    ),
    (.connectionRefused, .nothingSent, .retryable, .retryable), (.tls, .nothingSent, .denied, .denied),
    (.connectionLost, .unknown, .retryable, .ambiguous), (.timedOut, .unknown, .retryable, .ambiguous),
    (.stalled, .answered(status: 200), .retryable, .ambiguous), (.malformedAnswer, .unknown, .retryable, .ambiguous),
    (.answerTooLong, .answered(status: 200), .limit, .ambiguous), (.sourceEnded, .unknown, .local, .local),
    (.notTaken, .answered(status: 200), .local, .local),
    (.cancelled, .unknown, .cancelled, .cancelled),
    (.invalidRequest, .nothingSent, .invalid, .invalid),
  ])
  func `a transfer without an answer`(
    _ reason: TransportError.Reason, _ outcome: TransportError.Outcome, _ read: ServiceError.Kind,
    _ write: ServiceError.Kind
  ) {
    let failure = TransportError(reason, outcome, "could not")
    #expect(ServiceError(failure, in: Fixture.rowsRead).kind == read)
    let error = ServiceError(failure, in: Fixture.storageWrite)
    #expect(error.kind == write)
    #expect(error.transport == reason)
    #expect(error.message == "could not")
  }

  @Test func `what is away, what is busy and what is told once only`() {
    func error(_ status: Int, _ body: String = "") -> ServiceError {
      ServiceError(refusal: Fixture.reply(status, body), of: Fixture.storageWrite)
    }
    #expect(error(540).meansServiceDown)
    #expect(error(502).meansServiceDown)
    #expect(!error(429).meansServiceDown)
    #expect(!error(404).meansServiceDown)
    #expect(ServiceError(TransportError(.connectionRefused, .nothingSent, "m"), in: Fixture.rowsRead).meansServiceDown)
    #expect(error(429).asksForLess)
    #expect(error(503).asksForLess)
    #expect(!error(502).asksForLess)
    #expect(error(500, storage("500", "Internal", "InternalError")).deservesOneRetry)
    #expect(!error(503).deservesOneRetry)
    #expect(ServiceError(unreadable: Fixture.reply(200, "<html>"), of: Fixture.rowsRead, "x").deservesOneRetry)
    let cut = TransportError(.connectionLost, .answered(status: 206), "m")
    #expect(!ServiceError(cut, in: Fixture.storageRead).deservesOneRetry)
  }

  @Test func `an expired key is told from a wrong one on both services`() {
    let expired = ServiceError(refusal: Fixture.reply(401, rows("PGRST303", "JWT expired")), of: Fixture.rowsRead)
    #expect(expired.isExpiredKey)
    let older = ServiceError(refusal: Fixture.reply(401, rows("PGRST301", "JWT expired")), of: Fixture.rowsRead)
    #expect(older.isExpiredKey)
    let claim = storage("403", "Unauthorized", "AccessDenied", #"\"exp\" claim timestamp check failed"#)
    #expect(ServiceError(refusal: Fixture.reply(400, claim), of: Fixture.storageRead).isExpiredKey)
    let wrong = ServiceError(refusal: Fixture.reply(401, rows("PGRST301", "No suitable key")), of: Fixture.rowsRead)
    #expect(!wrong.isExpiredKey)
  }
}
