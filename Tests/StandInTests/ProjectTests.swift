import TestSupport
import Testing

@Suite(.standIn) struct ProjectTests {
  private func request(_ text: String, _ headers: [(String, String)] = []) throws -> RawAnswer? {
    let connection = try RawConnection(port: try StandInInstance.current.port)
    let fields = headers.map { "\($0): \($1)\r\n" }.joined()
    try connection.send("\(text) HTTP/1.1\r\n\(fields)\r\n")
    return try connection.receiveAnswer(to: "GET")
  }

  @Test func `a new project has the Phase-1 tables and nothing in them`() throws {
    let project = try StandInInstance.current
    #expect(
      try project.query("select version, description from schema_version") == [
        ["1", "Initial schema: conversations, messages, files, conversation_files"]
      ])
    #expect(try project.query("select count(*) from files") == [["0"]])
  }

  @Test func `the newer keys stand for tokens when they come as they should`() throws {
    let project = try StandInInstance.current
    let (secret, publishable) = (project.secretKey, project.publishableKey)
    func status(_ headers: (String, String)...) throws -> Int? {
      try request("GET /storage/v1/bucket", headers)?.status
    }
    #expect(try status(("apikey", secret)) == 200)
    #expect(try status(("apikey", secret), ("Authorization", "Bearer \(secret)")) == 200)
    #expect(try status(("apikey", publishable)) == 200)
    #expect(try status(("apikey", publishable), ("Authorization", "Bearer \(secret)")) == 400)
    #expect(try status(("apikey", "sb_secret_other")) == 400)
    #expect(try status(("apikey", project.serviceKey)) == 400)
    #expect(try status(("Authorization", "Bearer \(project.serviceKey)")) == 200)
  }

  @Test func `what is neither Storage nor rows is no route`() throws {
    #expect(try request("GET /elsewhere")?.status == 404)
  }
}
