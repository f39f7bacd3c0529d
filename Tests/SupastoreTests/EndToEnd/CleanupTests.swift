import TestSupport
import Testing

/// What `cleanup` takes and what it leaves alone.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct CleanupTests {
  private typealias Fault = StandInInstance.Fault

  private let supastore: Supastore
  private static let everything = ["--max-delete", "5000", "--max-delete-percent", "100"]

  init() throws {
    supastore = try Supastore()
  }

  @Test func `a file that is linked between the list and the removal stays`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(27, "linked", linkedTo: ["c"])
    try supastore.seed(3, "orphan")
    var delay = Fault(.delay, on: "POST /rest/v1/rpc/supastore_trash_orphans")
    delay.milliseconds = 2000
    supastore.project.add(delay)
    supastore.project.forgetRequests()
    let cleanup = try supastore.start("cleanup", "--apply", "--json")
    await supastore.project.wait(for: 5, on: "POST /rest/v1/rpc/supastore_candidates")
    try supastore.project.query(
      """
      insert into conversation_files (conversation_id, file_id)
      select c.id, f.id from conversations c, files f where storage_path like '%orphan-2'
      """)
    let run = Run(await cleanup.outcome)
    #expect(run.exitStatus == 0, "\(run.errors)")
    #expect(try run.paths(.kept) == ["uploads/seed/orphan-2"])
    #expect(try run.paths(.trashed) == ["uploads/seed/orphan-1", "uploads/seed/orphan-3"])
    supastore.expectCounts(run)
    #expect(try supastore.counts().rows == 28 && supastore.counts().links == 28)
  }

  @Test func `objects of others, in other buckets, young, or with a row anywhere are never touched`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(27, "linked", linkedTo: ["c"])
    try supastore.project.query("insert into storage.buckets (id, name) values ('other', 'other')")
    let marker = #"{"supastore": "11111111-1111-8111-8111-111111111111"}"#
    try supastore.project.query(
      """
      insert into storage.objects (bucket_id, name, metadata, user_metadata, created_at, updated_at) values
        ('user-files', 'lost', '{"size": 5}', $1::jsonb, now() - interval '8 days', now() - interval '8 days'),
        ('generated-files', 'lost', '{"size": 6}', $1::jsonb, now() - interval '8 days', now() - interval '8 days'),
        ('user-files', 'no mark', '{"size": 5}', null, now() - interval '80 days', now() - interval '80 days'),
        ('user-files', 'other mark', '{"size": 5}', '{"app": "x"}', now() - interval '8 days', now() - interval '8 days'),
        ('other', 'lost', '{"size": 5}', $1::jsonb, now() - interval '8 days', now() - interval '8 days'),
        ('user-files', 'young', '{"size": 5}', $1::jsonb, now() - interval '6 days', now() - interval '6 days'),
        ('user-files', 'written again', '{"size": 5}', $1::jsonb, now() - interval '8 days', now() - interval '1 day'),
        ('generated-files', 'uploads/seed/linked-1', '{"size": 5}', $1::jsonb, now() - interval '8 days',
          now() - interval '8 days')
      """, marker)
    let before = try supastore.contents()
    let dry = try await supastore("cleanup", "--json")
    #expect(try dry.exitStatus == 0 && dry.paths(.found) == ["lost", "lost"], "\(dry.output)")
    #expect(try dry.documents.last?["found"]?["object"] == ["count": 2, "size_bytes": 11])
    try await supastore.expectTrashed(2)
    #expect(try supastore.contents().objects == before.objects)
    try supastore.ageTrash(by: "31 days")
    let purge = try await supastore("cleanup", "--apply", "--json")
    #expect(try purge.exitStatus == 0 && purge.paths(.purged) == ["lost", "lost"], "\(purge.errors)")
    let after = try supastore.contents()
    #expect(after.objects.count == before.objects.count - 2 && after.rows == before.rows)
    #expect(Set(after.objects).isSubset(of: before.objects))
  }

  @Test func `two cleaners on two machines trash each orphan once, and both end well`() async throws {
    try await supastore.setUpTrash()
    let other = try Supastore()
    try supastore.seed(300, "linked", linkedTo: ["c"])
    try supastore.seed(250, "orphan")
    var delay = Fault(.delay, on: "POST /rest/v1/rpc/supastore_trash_orphans", count: 0)
    delay.milliseconds = 300
    supastore.project.add(delay)
    async let first = supastore.run(["cleanup", "--apply", "--json"] + Self.everything)
    async let second = other.run(["cleanup", "--apply", "--json"] + Self.everything)
    let runs = try await [first, second]
    for run in runs {
      #expect(run.exitStatus == 0, "\(run.errors)")
      supastore.expectCounts(run)
    }
    let trashed = try runs.flatMap { try $0.ids(.trashed) }
    #expect(trashed.count == 250 && Set(trashed).count == 250)
    #expect(
      try supastore.project.query(
        "select count(*), count(distinct file_id) from supastore_audit where action = 'trash'")
        == [["250", "250"]])
    #expect(try supastore.counts().rows == 300)
    // In one state directory, one waits for nobody: it goes away.
    delay.milliseconds = 2000
    supastore.project.removeFaults()
    supastore.project.add(delay)
    try supastore.seed(1, "last")
    supastore.project.forgetRequests()
    let running = try supastore.start("cleanup", "--apply")
    await supastore.project.wait(for: 5, on: "POST /rest/v1/rpc/supastore_candidates")
    #expect(try await supastore("cleanup", "--apply").exitStatus == 11)
    #expect(try await supastore("cleanup").exitStatus == 0)
    #expect(await running.outcome.exitStatus == 0)
  }

  @Test func `nothing to clean up is one line and no request that removes`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(3, "linked", linkedTo: ["c"])
    supastore.project.forgetRequests()
    for arguments in [["cleanup"], ["cleanup", "--apply"]] {
      let run = try await supastore.run(arguments)
      #expect(run.exitStatus == 0 && run.errors == "" && run.output.hasPrefix("nothing to clean up; 0 B, "))
      #expect(run.output.split(separator: "\n").count == 1)
    }
    #expect(supastore.removingRequests() == [])
  }

  @Test func `a time limit or a signal stops it, and the next run goes on`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(300, "linked", linkedTo: ["c"])
    try supastore.seed(250, "orphan")
    var delay = Fault(.delay, on: "POST /rest/v1/rpc/supastore_trash_orphans", count: 0)
    delay.milliseconds = 3000
    supastore.project.add(delay)
    let late = try await supastore.run(["cleanup", "--apply", "--json", "--max-runtime", "2s"] + Self.everything)
    #expect(try late.exitStatus == 10 && late.documents.last?["error"]?["code"] == "deadline", "\(late.errors)")
    supastore.expectCounts(late)
    supastore.project.forgetRequests()
    let program = try supastore.start(
      "cleanup", "--apply", "--json", "--max-delete", "5000", "--max-delete-percent", "100")
    await supastore.project.wait(for: 5, on: "POST /rest/v1/rpc/supastore_candidates")
    program.send(15)
    let stopped = Run(await program.outcome)
    #expect(stopped.exitStatus == 143, "\(stopped.errors)")
    supastore.expectCounts(stopped)
    supastore.project.removeFaults()
    let next = try await supastore.run(["cleanup", "--apply", "--json"] + Self.everything)
    #expect(next.exitStatus == 0, "\(next.errors)")
    #expect(try supastore.project.query("select count(*) from supastore_trash") == [["250"]])
    #expect(try supastore.counts().rows == 300)
  }
}
