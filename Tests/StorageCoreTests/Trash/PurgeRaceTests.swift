import TestSupport
import Testing

/// Purging in the order of claim and finish, beside others who purge, restore or store again.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct PurgeRaceTests {
  private static let claim = "supastore_claim_purge($1, '0', $2)"
  private static let finish = "supastore_finish_purge($1, $2)"
  private static let restore = "select r ->> 'result' from jsonb_array_elements(public.supastore_restore($1, $2)) r"
  private static let insert = "insert into public.files (storage_path, original_name) values ('a/00001', 'n')"
  private static let entry = objects("a/00001")

  /// A database with one entry, and two who want it.
  private struct Scene {
    let database: TrashDatabase
    let file: String
    let first: DatabaseSession
    let second: DatabaseSession

    init() async throws {
      database = try await TrashDatabase()
      file = try await database.makeFiles(1)[0]
      first = try await database.session()
      second = try await database.session()
      try await first.query("select public.supastore_trash_files($1::uuid[], 0, $2)", array([file]), run(1))
    }

    func state() async throws -> String {
      try await database.value("select coalesce(max(state), 'none') from public.supastore_trash")
    }

    func audited(_ action: String) async throws -> Int {
      try await database.count("public.supastore_audit where action = '\(action)'")
    }
  }

  @Test func `an entry is claimed by one, and by another only after 60 seconds`() async throws {
    let scene = try await Scene()
    #expect(try await scene.first.keys("supastore_claim_purge($1, '1 day', $2)", Self.entry, run(2)) == [])
    try await scene.first.query("begin")
    #expect(try await scene.first.keys(Self.claim, Self.entry, run(2)).count == 1)
    async let waited = scene.second.keys(Self.claim, Self.entry, run(3))
    try await scene.database.project.untilWaiting(scene.second)
    try await scene.first.query("commit")
    #expect(try await waited == [])
    try await scene.database.age(claimsBy: "59 seconds")
    #expect(try await scene.second.keys(Self.claim, Self.entry, run(3)) == [])
    // Who has it and asks again gets it for another 60.
    #expect(try await scene.first.keys(Self.claim, Self.entry, run(2)).count == 1)
    try await scene.database.age(claimsBy: "59 seconds")
    #expect(try await scene.second.keys(Self.claim, Self.entry, run(3)) == [])
    try await scene.database.age(claimsBy: "2 seconds")
    #expect(try await scene.second.keys(Self.claim, Self.entry, run(3)).count == 1)
    #expect(try await scene.first.keys(Self.claim, Self.entry, run(2)) == [])
    #expect(try await scene.audited("purge") == 3)
  }

  @Test func `a purge ends after 60 seconds, when the object is gone`() async throws {
    let scene = try await Scene()
    #expect(try await scene.first.keys(Self.finish, Self.entry, run(2)) == [])
    #expect(try await scene.first.keys(Self.claim, Self.entry, run(2)).count == 1)
    try await scene.database.removeObject("a/00001")
    try await scene.database.age(claimsBy: "59 seconds")
    #expect(try await scene.first.keys(Self.finish, Self.entry, run(2)) == [])
    try await scene.database.makeObjects(1, in: "a")
    try await scene.database.age(claimsBy: "2 seconds")
    #expect(try await scene.first.keys(Self.finish, Self.entry, run(2)) == [])
    #expect(try await scene.state() == "purging")
    try await scene.database.removeObject("a/00001")
    #expect(try await scene.first.keys(Self.finish, Self.entry, run(2)).count == 1)
    #expect(try await scene.state() == "purged")
    #expect(try await scene.audited("purged") == 1)
  }

  @Test(arguments: ["commit", "rollback"])
  func `a purge that was given up lets a row through, unless it is begun again`(_ end: String) async throws {
    let scene = try await Scene()
    #expect(try await scene.first.keys(Self.claim, Self.entry, run(2)).count == 1)
    #expect(await scene.second.failure(Self.insert) == "SS001")
    try await scene.database.age(claimsBy: "61 seconds")
    try await scene.first.query("begin")
    #expect(try await scene.first.keys(Self.claim, Self.entry, run(3)).count == 1)
    async let failure = scene.second.failure(Self.insert)
    try await scene.database.project.untilWaiting(scene.second)
    try await scene.first.query(end)
    #expect(await failure == (end == "commit" ? "SS001" : nil))
    #expect(try await scene.state() == (end == "commit" ? "purging" : "none"))
  }

  @Test(arguments: ["commit", "rollback"])
  func `what is being claimed is not restored`(_ end: String) async throws {
    let scene = try await Scene()
    try await scene.first.query("begin")
    #expect(try await scene.first.keys(Self.claim, Self.entry, run(2)).count == 1)
    async let restored = scene.second.query(Self.restore, Self.entry, run(3))
    try await scene.database.project.untilWaiting(scene.second)
    try await scene.first.query(end)
    #expect(try await restored == (end == "commit" ? [["purging"]] : [["restored"]]))
    #expect(try await scene.database.count("public.files") == (end == "commit" ? 0 : 1))
  }

  @Test(arguments: ["commit", "rollback"])
  func `what is being restored is not claimed`(_ end: String) async throws {
    let scene = try await Scene()
    try await scene.second.query("begin")
    #expect(try await scene.second.query(Self.restore, Self.entry, run(3)) == [["restored"]])
    async let claimed = scene.first.keys(Self.claim, Self.entry, run(2))
    try await scene.database.project.untilWaiting(scene.first)
    try await scene.second.query(end)
    #expect(try await claimed == (end == "commit" ? [] : ["a/00001"]))
    #expect(try await scene.database.count("public.files") == (end == "commit" ? 1 : 0))
  }

  @Test func `many who claim, restore, finish and store the same paths leave no path both stored and gone`()
    async throws
  {
    let database = try await TrashDatabase()
    let files = try await database.makeFiles(60)
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    try await database.owner.query("select public.supastore_trash_files($1::uuid[], 0, $2)", array(files), run(1))
    let failures = try await withThrowingTaskGroup(of: Set<String>.self) { group in
      for number in 0..<6 {
        let session = try await database.session()
        let seed = random.next()
        group.addTask {
          await session.perform { session in
            var random = SplitMix64(seed: seed)
            var failures: Set<String> = []
            for _ in 0..<60 {
              let keys = (0..<3).map { _ in "a/000\(Int.random(in: 10...60, using: &random))" }
              let list = objects(keys[0], keys[1], keys[2])
              let failure =
                switch number {
                case 0, 1: session.failure("select public.\(Self.claim)", list, run(10 + number))
                case 2: session.failure("select public.supastore_restore($1, $2)", list, run(20))
                case 3: session.failure("select public.\(Self.finish)", list, run(21))
                case 4:
                  session.failure(
                    "insert into public.files (storage_path, original_name) values ($1, 'n'), ($2, 'n')", keys[0],
                    keys[1])
                default:
                  session.failure(
                    "select public.supastore_trash_orphans(array(select id from public.files), '-1 day', $1)", run(30))
                }
              if let failure { failures.insert(failure) }
            }
            return failures
          }
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
    }
    #expect(failures.isSubset(of: ["SS001", "23505", "40P01", "55P03"]), "seed \(seed)")
    let both = try await database.count("public.files f join public.supastore_trash t on t.key = f.storage_path")
    #expect(both == 0, "seed \(seed)")
    let lost = try await database.count(
      """
      generate_series(10, 60) n
        left join public.files f on f.storage_path = 'a/000' || n left join public.supastore_trash t on t.key = 'a/000' || n
        where f.id is null and t.key is null
      """)
    #expect(lost == 0, "seed \(seed)")
  }
}
