import StandIn
import TestSupport
import Testing

/// What the recordings do not show.
@Suite(.standIn(per: .test)) struct RowsServiceTests {
  init() throws {
    try StandInInstance.current.openNewTables()
  }

  private func answer(
    _ method: String, _ target: String, _ headers: [String: String] = [:], body: String? = nil
  ) throws -> RawAnswer {
    let project = try StandInInstance.current
    let connection = try RawConnection(port: project.port)
    var head = "\(method) /rest/v1\(target) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(project.serviceKey)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
    try connection.send(head + "\r\n" + (body ?? ""))
    return try #require(try connection.receiveAnswer(to: method))
  }

  @Test func `a table made while running is found, also after its columns changed`() throws {
    let project = try StandInInstance.current
    #expect(try answer("GET", "/later").status == 404)
    try project.query("create table later (id int primary key, v int)")
    #expect(try answer("POST", "/later", body: #"{"id":1,"v":2}"#).status == 201)
    try project.query("alter table later add column w text")
    #expect(try answer("POST", "/later", body: #"{"id":2,"w":"x"}"#).status == 201)
    try project.query("alter table later alter column v type text")
    #expect(try answer("POST", "/later", body: #"{"id":3,"v":"x"}"#).status == 201)
    #expect(
      try answer("GET", "/later?order=id&id=gt.1&select=v,w").text.filter { $0 != "\n" }
        == #"[{"v":null,"w":"x"},  {"v":"x","w":null}]"#)
    try project.query("drop table later")
    #expect(try answer("GET", "/later").text.contains("PGRST205"))
  }

  @Test func `a statement that comes again and again survives a change of its table`() throws {
    let project = try StandInInstance.current
    try project.query("create table steady (id int primary key, v int)")
    try project.query("insert into steady values (1, 5)")
    for _ in 0..<4 { #expect(try answer("GET", "/steady?id=eq.1").text == #"[{"id":1,"v":5}]"#) }
    try project.query("alter table steady alter column v type text, add column w int")
    for _ in 0..<4 { #expect(try answer("GET", "/steady?id=eq.1").text == #"[{"id":1,"v":"5","w":null}]"#) }
    for _ in 0..<4 { #expect(try answer("GET", "/steady?none=eq.1").status == 400) }
    #expect(try answer("GET", "/steady?id=eq.1").status == 200)
  }

  @Test func `a function made while running is found`() throws {
    let project = try StandInInstance.current
    #expect(try answer("GET", "/rpc/twice?n=2").status == 404)
    try project.query("create function twice(n int, m int default 2) returns int language sql as 'select n * m'")
    #expect(try answer("GET", "/rpc/twice?n=2").text == "4")
    #expect(try answer("POST", "/rpc/twice", body: #"{"n":2,"m":5}"#).text == "10")
  }

  @Test func `the root describes what is never null, defaults without casts, and functions that may be called`() throws
  {
    let project = try StandInInstance.current
    try project.query("create function open() returns int language sql as 'select 1'")
    try project.query("create function closed() returns int language sql as 'select 1'")
    try project.query("revoke all on function closed() from public, service_role")
    let root = try answer("GET", "/").text
    #expect(root.contains(#""required":["id","storage_path","original_name","file_type"]"#))
    #expect(root.contains(#""default":"user_upload""#) && root.contains(#""default":"extensions.uuid_generate_v4()""#))
    #expect(!root.contains("'{}'"))
    #expect(root.contains("/rpc/open") && !root.contains("/rpc/closed"))
  }

  @Test func `no answer holds more than a thousand rows`() throws {
    try StandInInstance.current.query(
      "insert into files (storage_path, original_name) select 'p' || n, 'x' from generate_series(1, 1500) n")
    #expect(try answer("GET", "/files?select=id").headers["content-range"] == "0-999/*")
    let exact = try answer("HEAD", "/files?select=id&limit=1200", ["Prefer": "count=exact"])
    #expect(exact.status == 206)
    #expect(exact.headers["content-range"] == "0-999/1500")
    let page = try answer("GET", "/files?select=id&offset=1000&limit=1000")
    #expect(page.headers["content-range"] == "1000-1499/*")
  }

  @Test func `the request can be asked about in SQL, which can set status and headers`() throws {
    try StandInInstance.current.query(
      """
      create function tell() returns json language plpgsql as $$ begin
        perform set_config('response.status', '299', true);
        perform set_config('response.headers', '[{"X-Told": "yes"}]', true);
        return json_build_array(current_setting('request.method'), current_setting('request.path'),
          current_setting('request.headers')::json->>'x-asked', current_setting('request.jwt.claims')::json->>'role',
          current_user);
      end $$
      """)
    let told = try answer("POST", "/rpc/tell", ["X-Asked": "this"], body: "{}")
    #expect(told.status == 299)
    #expect(told.headers["x-told"] == "yes")
    #expect(told.text == #"["POST", "/rpc/tell", "this", "service_role", "service_role"]"#)
  }

  @Test func `a function can word the whole answer`() throws {
    try StandInInstance.current.query(
      """
      create function refuse() returns int language plpgsql as $$ begin
        raise sqlstate 'PGRST' using
          message = '{"code":"123","message":"Payment Required","details":"Quota exceeded","hint":"Upgrade"}',
          detail = '{"status":402,"headers":{"X-Powered-By":"Nerd Rage"}}';
      end $$
      """)
    let refused = try answer("POST", "/rpc/refuse", body: "{}")
    #expect(refused.status == 402)
    #expect(refused.headers["x-powered-by"] == "Nerd Rage")
    #expect(
      refused.text == #"{"code":"123","details":"Quota exceeded","hint":"Upgrade","message":"Payment Required"}"#)
  }

  @Test func `a constraint checked at the end rolls everything back`() throws {
    let project = try StandInInstance.current
    try project.query("create table late (id int unique deferrable initially deferred)")
    #expect(try answer("POST", "/late", body: #"[{"id":1},{"id":1}]"#).status == 409)
    #expect(try project.query("select count(*) from late") == [["0"]])
  }

  @Test func `a head above fifty kibibytes is refused in plain text`() throws {
    let refused = try answer("GET", "/files?select=" + String(repeating: "a", count: 51_200))
    #expect(refused.status == 400)
    #expect(refused.text == "Bad Request")
    #expect(refused.headers["content-type"] == "text/plain; charset=utf-8")
  }

  @Test func `names that only differ in their composition stay apart`() throws {
    let (composed, decomposed) = ("\u{e9}", "e\u{301}")
    for name in [composed, decomposed] {
      let made = try answer("POST", "/files", body: #"{"storage_path":"\#(name)","original_name":"\#(name)"}"#)
      #expect(made.status == 201)
    }
    let found = try answer("GET", "/files?select=original_name&storage_path=eq.e%CC%81")
    #expect(found.body == Array(#"[{"original_name":"\#(decomposed)"}]"#.utf8))
  }
}

@Suite(.standIn(ownsCluster: true)) struct RowsWithoutDatabaseTests {
  @Test func `without a database the answer is a temporary failure, and afterwards all is well`() throws {
    let project = try StandInInstance.current
    func get(_ path: String) throws -> RawAnswer? {
      let connection = try RawConnection(port: project.port)
      try connection.send("GET \(path) HTTP/1.1\r\n\r\n")
      return try connection.receiveAnswer(to: "GET")
    }
    func setDatabase(_ state: String) throws {
      let order = #"{"state":"\#(state)"}"#
      let connection = try RawConnection(port: project.port)
      try connection.send("POST /_standin/database HTTP/1.1\r\nContent-Length: \(order.utf8.count)\r\n\r\n" + order)
      #expect(try connection.receiveAnswer(to: "POST")?.status ?? 0 < 300)
    }
    #expect(try get("/rest/v1/files")?.status == 200)
    try setDatabase("down")
    let refused = try get("/rest/v1/files")
    #expect(refused?.status == 503)
    #expect(refused?.text.contains(#""code":"PGRST000""#) == true)
    #expect(refused?.headers["retry-after"] == "0")
    try setDatabase("up")
    #expect(try get("/rest/v1/files")?.status == 200)
  }
}
