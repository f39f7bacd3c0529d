import TestSupport
import Testing

@Suite(.standIn(ownsCluster: true)) struct DatabaseOutageTests {
  private func send(_ request: String, _ body: String = "") throws -> RawAnswer? {
    let project = try StandInInstance.current
    let connection = try RawConnection(port: project.port)
    try connection.send(
      "\(request) HTTP/1.1\r\nAuthorization: Bearer \(project.serviceKey)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        + body)
    return try connection.receiveAnswer(to: "GET")
  }

  @Test func `without its database the project fails, and with it again works again`() throws {
    #expect(try send("GET /storage/v1/bucket")?.status == 200)
    #expect(try send("POST /_standin/database", #"{"state": "down"}"#)?.status == 200)
    #expect(try send("GET /storage/v1/bucket")?.status == 500)
    #expect(try send("GET /rest/v1/files")?.status == 503)
    #expect(try send("POST /_standin/database", #"{"state": "up"}"#)?.status == 200)
    #expect(try send("GET /storage/v1/bucket")?.status == 200)
    #expect(try send("GET /rest/v1/files")?.status == 200)
  }
}
