import StandIn
import StorageEngine
import StorageModel
import TestSupport
import Testing

/// One file that cannot be stored does not keep the others from it.
@Suite(.standIn(per: .test)) struct RefusedItemTests {
  @Test func `one object that is refused for ever`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<30)
    var fault = Fault(.status, on: "POST /storage/v1/object/user-files/uploads/c1/f7.*", count: 0)
    fault.status = 500
    fault.body = #"{"statusCode":"500","code":"InternalError","error":"Internal","message":"Internal Server Error"}"#
    fixture.project.add(fault)

    let (summary, files) = try await fixture.migrate()
    let (again, _) = try await fixture.migrate()

    #expect(summary.endedBy == nil)
    #expect(summary.counts == [.stored: 29, .failed: 1])
    #expect(files.first { $0.status == .failed }?.originalName == "f7.txt")
    #expect(again.endedBy == nil)
    #expect(again.counts == [.unchanged: 29, .failed: 1])
  }

  @Test func `one row that the database refuses`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<30)
    try fixture.project.query("alter table files add check (original_name <> 'f7.txt')")

    let (summary, files) = try await fixture.migrate()

    #expect(summary.endedBy == nil)
    #expect(summary.counts == [.stored: 29, .failed: 1])
    #expect(files.first { $0.status == .failed }?.originalName == "f7.txt")
    #expect(try fixture.counts() == [30, 29, 29])
  }

  @Test func `one link that the database refuses`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<30)
    try fixture.project.query(
      """
      create function refuse() returns trigger language plpgsql as $$ begin
        if (select original_name from files where id = new.file_id) = 'f7.txt' then raise 'no'; end if;
        return new;
      end $$
      """)
    try fixture.project.query(
      "create trigger refuse before insert on conversation_files for each row execute function refuse()")

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.stored: 29, .failed: 1])
    #expect(files.first { $0.status == .failed }?.originalName == "f7.txt")
    #expect(try fixture.counts() == [30, 30, 29])
  }

  @Test func `a row that vanishes every time`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<12)
    var interposer = Interposer()
    interposer.afterInsert = { try fixture.project.query("delete from files where original_name = 'f3.txt'") }

    let (summary, files) = try await fixture.migrate(through: interposer)

    #expect(summary.endedBy == nil)
    #expect(summary.counts == [.stored: 11, .failed: 1])
    #expect(files.first { $0.status == .failed }?.error?.code == .notFound)
  }

  @Test func `files stored as another type already`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<20)
    _ = try await fixture.migrate(.init(type: .generated))
    try fixture.tree.write("only here".utf8, to: "new.txt")
    fixture.project.forgetRequests()

    let (summary, files) = try await fixture.migrate(.init(type: .cache))

    #expect(summary.counts == [.stored: 1, .failed: 20])
    #expect(files.filter { $0.status == .failed }.allSatisfy { $0.error?.code == .conflict })
    #expect(files.first { $0.status == .failed }?.error?.message.contains("as generated") == true)
    #expect(fixture.project.requestCount < 21 + 15)
  }

  @Test(arguments: [false, true])
  func `a foreign row on a path of ours is reported and left alone`(_ isConversationNew: Bool) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<5)
    _ = try await fixture.migrate()
    let foreign = "11111111-1111-4111-8111-111111111111"
    try fixture.project.query("delete from conversation_files")
    try fixture.project.query("update files set id = $1::uuid where original_name = 'f3.txt'", foreign)
    if isConversationNew { try fixture.project.query("delete from conversations") }
    let before = try fixture.project.query("select * from files where id = $1::uuid", foreign)

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.stored: 4, .failed: 1])
    #expect(files.first { $0.status == .failed }?.error?.code == .conflict)
    #expect(try fixture.project.query("select * from files where id = $1::uuid", foreign) == before)
    #expect(try fixture.counts() == [5, 5, 4])
  }
}
