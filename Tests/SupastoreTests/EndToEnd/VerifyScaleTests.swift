import TestSupport
import Testing

/// Lists of thousands, cut into pages of any length, while others store.
@Suite(.timeLimit(.minutes(5))) struct VerifyScaleTests {
  /// One of each kind, and a pair of the same path in two buckets.
  private func plant(_ fixture: VerifyFixture) throws {
    try fixture.project.query(
      """
      do $$ begin
        perform set_config('storage.allow_delete_query', 'true', true);
        delete from storage.objects where name in (select storage_path from files where original_name in ('n7', 'n1111'));
        delete from files where original_name in ('n8', 'n2222', 'n4999');
        update files set size_bytes = size_bytes + 1 where original_name = 'n9';
      end $$
      """)
  }

  @Test(.standIn(per: .test))
  func `five thousand are the same, and the six planted differences are found`() async throws {
    let fixture = try VerifyFixture()
    try await fixture.fill(5000)
    fixture.project.forgetRequests()
    let clean = try await fixture.verify()
    #expect(clean.exitStatus == 0, "\(clean.output.prefix(1000))")
    #expect(try clean.summary["same"] == 5000 && clean.summary["rows"] == 5000 && clean.summary["objects"] == 5000)
    // Two buckets, six pages of objects, five of rows, and two counts.
    #expect(try clean.summary["requests"] == 15)
    #expect(fixture.project.requestCount == 15)
    try plant(fixture)
    let run = try await fixture.verify()
    #expect(run.exitStatus == 8)
    let summary = try run.summary
    #expect(summary["object_missing"] == 2 && summary["row_missing"] == 3 && summary["size_differs"] == 1)
    #expect(summary["same"] == 4994 && summary["differences"] == 6)
    #expect(try run.documents("file").count == 6)
  }

  @Test(.standIn(per: .test, maxRows: 2))
  func `pages of two rows lead to no other conclusion`() async throws {
    let fixture = try VerifyFixture()
    try await fixture.fill(101)
    try fixture.deleteRow("n50")
    let run = try await fixture.verify()
    #expect(run.exitStatus == 8)
    let summary = try run.summary
    #expect(summary["rows"] == 100 && summary["row_missing"] == 1 && summary["differences"] == 1)
  }

  @Test(.standIn(per: .test)) func `a list that is cut short ends the check`() async throws {
    let fixture = try VerifyFixture()
    try await fixture.fill(30)
    var fault = StandInInstance.Fault(.status, on: "GET /rest/v1/files", nth: 1, count: 2)
    fault.status = 206
    fault.body = "[]"
    fault.headers = ["Content-Type": "application/json", "Content-Range": "*/30"]
    fixture.project.add(fault)
    let run = try await fixture.verify()
    #expect(run.exitStatus == 1)
    #expect(try run.documents("file").isEmpty)
    #expect(try run.summary["error"]?["code"] == "unexpected_answer")

    // The last page says that it is the last one, and the count at the end says otherwise.
    fixture.project.removeFaults()
    fault.headers = ["Content-Type": "application/json", "Content-Range": "*/0"]
    fixture.project.add(fault)
    let short = try await fixture.verify()
    #expect(short.exitStatus == 1)
    #expect(try short.documents("file").isEmpty)
    #expect(try short.summary["error"]?["message"]?.string?.contains("0 rows were handed out, of 30") == true)
  }

  @Test(.standIn(per: .test)) func `a migration at the same time makes no difference`() async throws {
    let fixture = try VerifyFixture()
    try await fixture.fill(2000)
    for number in 0..<1500 { try fixture.tree.write("file \(number)".utf8, to: "root/d\(number % 7)/f\(number)") }
    // So slowly that checks see it in its midst.
    var slow = StandInInstance.Fault(.delay, on: "POST /storage/v1/object/user-files/*", count: 0)
    slow.milliseconds = 50
    fixture.project.add(slow)
    let program = try fixture.supastore.start("migrate", "--quiet", fixture.tree["root"])
    await fixture.project.wait(on: "POST /storage/v1/object/user-files/*")
    var (rounds, middle) = (0, 0)
    while try fixture.supastore.counts().rows < 3500, rounds < 200 {
      let run = try await fixture.supastore("verify", "--json")
      #expect(run.exitStatus == 0, "\(run.output.prefix(1000))")
      rounds += 1
      if let rows = try run.summary["rows"]?.int, rows > 2000, rows < 3500 { middle += 1 }
    }
    #expect(await program.outcome.exitStatus == 0)
    #expect(middle > 0, "of \(rounds) checks none saw the migration in its midst")
    let last = try await fixture.supastore("verify", "--json")
    #expect(try last.summary["same"] == 3500 && last.summary["differences"] == 0)
  }
}
