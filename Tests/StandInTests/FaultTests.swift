import TestSupport
import Testing

@Suite(.standIn(per: .test)) struct FaultTests {
  private func get(_ path: String) throws -> RawAnswer? {
    let connection = try RawConnection(port: try StandInInstance.current.port)
    try connection.send("GET \(path) HTTP/1.1\r\n\r\n")
    return try connection.receiveAnswer(to: "GET")
  }

  @Test func `a status is answered at the chosen turn`() throws {
    let project = try StandInInstance.current
    var fault = StandInInstance.Fault(.status, on: "GET /nowhere/*", nth: 2)
    fault.status = 503
    fault.headers = ["Retry-After": "7"]
    fault.body = "busy"
    project.add(fault)
    let answers = try (1...3).map { _ in try get("/nowhere/x?query=1") }
    #expect(answers.map { $0?.status } == [404, 503, 404])
    #expect(answers[1]?.headers["retry-after"] == "7")
    #expect(answers[1]?.text == "busy")
    #expect(project.requests().map(\.status) == [404, 503, 404])
  }

  @Test(arguments: [StandInInstance.Fault.Action.reset, .dropAnswer])
  func `a dropped connection has no answer`(_ action: StandInInstance.Fault.Action) throws {
    try StandInInstance.current.add(.init(action, on: "GET *"))
    #expect(try get("/x") == nil)
    #expect(try get("/x")?.status == 404)
  }

  @Test func `a truncated answer ends early`() throws {
    var fault = StandInInstance.Fault(.truncate, on: "* /x")
    fault.bytes = 4
    try StandInInstance.current.add(fault)
    let answer = try get("/x")
    #expect(answer?.body.count == 4)
    #expect(answer?.headers["content-length"] != "4")
  }

  @Test func `garbage is no HTTP`() throws {
    try StandInInstance.current.add(.init(.garbage, on: "* /x"))
    #expect(throws: RawConnection.Failure.self) { try get("/x") }
  }

  @Test func `a stalled answer comes never, and holds up nobody else`() throws {
    let project = try StandInInstance.current
    project.add(.init(.stall, on: "GET /x"))
    let connection = try RawConnection(port: project.port)
    try connection.send("GET /x HTTP/1.1\r\n\r\n")
    #expect(try get("/y")?.status == 404)
    connection.setTimeout(seconds: 1)
    #expect(throws: RawConnection.TimedOut.self) { try connection.receiveAnswer(to: "GET") }
  }

  @Test func `an early answer comes before the body`() throws {
    let project = try StandInInstance.current
    var fault = StandInInstance.Fault(.earlyAnswer, on: "POST /x")
    fault.status = 413
    project.add(fault)
    let connection = try RawConnection(port: project.port)
    try connection.send("POST /x HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
    #expect(try connection.receiveAnswer(to: "POST")?.status == 413)
  }

  @Test func `faults are set, and requests counted, over HTTP`() throws {
    let project = try StandInInstance.current
    let connection = try RawConnection(port: project.port)
    let list = #"[{"route": "GET /x", "action": "status", "status": 502, "count": 0}]"#
    try connection.send("POST /_standin/faults HTTP/1.1\r\nContent-Length: \(list.utf8.count)\r\n\r\n\(list)")
    #expect(try connection.receiveAnswer(to: "POST")?.status == 200)
    #expect(try (1...3).map { _ in try get("/x")?.status } == [502, 502, 502])
    try connection.send("GET /_standin/requests HTTP/1.1\r\n\r\n")
    let answer = try connection.receiveAnswer(to: "GET")
    #expect(JSONValue(answer?.body ?? [])?["count"] == .integer(3))
  }

  @Test(arguments: [StandInInstance.Fault.Action.loseBytes, .loseBytesUnanswered])
  func `an upload's bytes are lost after its row was committed`(_ action: StandInInstance.Fault.Action) throws {
    let project = try StandInInstance.current
    func send(_ method: String, _ path: String, _ headers: String = "", _ body: String = "") throws -> RawAnswer? {
      let connection = try RawConnection(port: project.port)
      try connection.send(
        """
        \(method) /storage/v1\(path) HTTP/1.1\r\nAuthorization: Bearer \(project.serviceKey)\r\n\(headers)\
        Content-Length: \(body.utf8.count)\r\n\r\n\(body)
        """)
      return try connection.receiveAnswer(to: method)
    }
    let json = "Content-Type: application/json\r\n"
    #expect(try send("POST", "/bucket", json, #"{"name": "b"}"#)?.status == 200)
    project.add(.init(action, on: "POST /storage/v1/object/b/*"))
    let answer = try send("POST", "/object/b/d/a%20b.txt", "", "content")
    #expect(answer?.status == (action == .loseBytes ? 500 : nil))
    #expect(answer?.text.contains("InternalError") ?? true)
    #expect(try project.query("select name, metadata ->> 'size' from storage.objects") == [["d/a b.txt", "7"]])
    #expect(try send("GET", "/object/info/authenticated/b/d/a%20b.txt")?.status == 200)
    #expect(try send("HEAD", "/object/authenticated/b/d/a%20b.txt")?.status == 200)
    for range in ["", "Range: bytes=0-0\r\n"] {
      #expect(try send("GET", "/object/authenticated/b/d/a%20b.txt", range)?.status == 500)
    }
    #expect(try send("POST", "/object/b/d/a%20b.txt", "", "content")?.text.contains("Duplicate") == true)
    #expect(try send("POST", "/object/b/d/a%20b.txt", "x-upsert: true\r\n", "content")?.status == 200)
    #expect(try send("GET", "/object/authenticated/b/d/a%20b.txt")?.text == "content")
  }

  @Test func `a reset makes the project new`() throws {
    let project = try StandInInstance.current
    try project.query("insert into files (storage_path, original_name) values ('a', 'b')")
    project.add(.init(.reset, on: "* *", count: 0))
    try project.reset()
    #expect(try project.query("select count(*) from files") == [["0"]])
    #expect(try get("/x")?.status == 404)
  }
}
