import TestSupport
import Testing

/// Deletions that somebody asked for, and expiry, beside those who want the files.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct RemovalRaceTests {
  private static let link = "insert into public.conversation_files (conversation_id, file_id) values ($1, $2)"
  private static let deleteConversation = """
    select coalesce((r ->> 'trashed_count')::integer, -1), jsonb_array_length(r -> 'shared')
      from public.supastore_delete_conversation($1, $2) r
    """

  /// Conversations `c` and `d`; one file linked to `c`.
  private struct Scene {
    let database: TrashDatabase
    let file: String
    let conversation: String
    let other: String
    let remover: DatabaseSession
    let linker: DatabaseSession

    init() async throws {
      database = try await TrashDatabase()
      file = try await database.makeFiles(1)[0]
      conversation = try await database.makeConversation("c")
      other = try await database.makeConversation("d")
      remover = try await database.session()
      linker = try await database.session()
      try await linker.query(link, conversation, file)
    }

    func links() async throws -> Int { try await database.count("public.conversation_files") }
    func entries() async throws -> Int { try await database.count("public.supastore_trash") }
  }

  @Test(arguments: ["commit", "rollback"])
  func `a conversation's file that another is linking stays`(_ end: String) async throws {
    let scene = try await Scene()
    try await scene.linker.query("begin")
    try await scene.linker.query(Self.link, scene.other, scene.file)
    async let deleted = scene.remover.query(Self.deleteConversation, scene.conversation, run(1))
    try await scene.database.project.untilWaiting(scene.remover)
    try await scene.linker.query(end)
    #expect(try await deleted == (end == "commit" ? [["0", "1"]] : [["1", "0"]]))
    #expect(try await scene.links() == (end == "commit" ? 1 : 0))
    #expect(try await scene.database.count("public.files") == (end == "commit" ? 1 : 0))
    #expect(try await scene.database.count("public.conversations") == 1)
  }

  @Test(arguments: ["commit", "rollback"])
  func `a link waits for the deletion of its file's only conversation`(_ end: String) async throws {
    let scene = try await Scene()
    try await scene.remover.query("begin")
    #expect(try await scene.remover.query(Self.deleteConversation, scene.conversation, run(1)) == [["1", "0"]])
    async let failure = scene.linker.failure(Self.link, scene.other, scene.file)
    try await scene.database.project.untilWaiting(scene.linker)
    try await scene.remover.query(end)
    #expect(await failure == (end == "commit" ? "23503" : nil))
    #expect(try await scene.links() == (end == "commit" ? 0 : 2))
    #expect(try await scene.entries() == (end == "commit" ? 1 : 0))
  }

  @Test func `what was linked to a conversation before its deletion goes with it, the link remembered`() async throws {
    let scene = try await Scene()
    let second = try await scene.database.makeFiles(1, in: "b")[0]
    try await scene.linker.query("begin")
    try await scene.linker.query(Self.link, scene.conversation, second)
    async let deleted = scene.remover.query(Self.deleteConversation, scene.conversation, run(1))
    try await scene.database.project.untilWaiting(scene.remover)
    try await scene.linker.query("commit")
    #expect(try await deleted == [["2", "0"]])
    #expect(
      try await scene.database.count("public.supastore_trash where links -> 0 ->> 'continuation_id' = 'c'") == 2)
  }

  @Test func `nothing is linked to a conversation that is being deleted`() async throws {
    let scene = try await Scene()
    let second = try await scene.database.makeFiles(1, in: "b")[0]
    try await scene.remover.query("begin")
    try await scene.remover.query(Self.deleteConversation, scene.conversation, run(1))
    async let failure = scene.linker.failure(Self.link, scene.conversation, second)
    try await scene.database.project.untilWaiting(scene.linker)
    try await scene.remover.query("commit")
    #expect(await failure == "23503")
    #expect(try await scene.database.count("public.files where id = '\(second)'") == 1)
  }

  @Test func `a file of two conversations that are deleted at once goes with the later`() async throws {
    let scene = try await Scene()
    try await scene.linker.query(Self.link, scene.other, scene.file)
    try await scene.remover.query("begin")
    #expect(try await scene.remover.query(Self.deleteConversation, scene.conversation, run(1)) == [["0", "1"]])
    async let deleted = scene.linker.query(Self.deleteConversation, scene.other, run(2))
    try await scene.database.project.untilWaiting(scene.linker)
    try await scene.remover.query("commit")
    #expect(try await deleted == [["1", "0"]])
    #expect(try await scene.entries() == 1)
    #expect(try await scene.database.count("public.supastore_audit where action = 'trash'") == 1)
  }

  @Test func `a file that gets one link too many is not deleted by its id`() async throws {
    let scene = try await Scene()
    try await scene.linker.query("begin")
    try await scene.linker.query(Self.link, scene.other, scene.file)
    async let moved = scene.remover.keys("supastore_trash_files($1::uuid[], 1, $2)", array([scene.file]), run(1))
    try await scene.database.project.untilWaiting(scene.remover)
    try await scene.linker.query("commit")
    #expect(try await moved == [])
    #expect(try await scene.links() == 2)
    // Who says that it may have any number gets it, and both links are remembered.
    #expect(
      try await scene.remover.keys("supastore_trash_files($1::uuid[], null, $2)", array([scene.file]), run(2)).count
        == 1)
    #expect(try await scene.links() == 0)
    #expect(try await scene.database.value("select jsonb_array_length(links) from public.supastore_trash") == "2")
  }

  @Test(arguments: ["commit", "rollback"])
  func `a link waits for the deletion of its file by id`(_ end: String) async throws {
    let scene = try await Scene()
    try await scene.remover.query("begin")
    #expect(
      try await scene.remover.keys("supastore_trash_files($1::uuid[], 1, $2)", array([scene.file]), run(1)).count == 1)
    async let failure = scene.linker.failure(Self.link, scene.other, scene.file)
    try await scene.database.project.untilWaiting(scene.linker)
    try await scene.remover.query(end)
    #expect(await failure == (end == "commit" ? "23503" : nil))
    #expect(try await scene.links() == (end == "commit" ? 0 : 2))
  }

  @Test func `several cleaners move each orphan once`() async throws {
    let database = try await TrashDatabase()
    let files = try await database.makeFiles(400)
    var random = SplitMix64(seed: 1)
    let moved = try await withThrowingTaskGroup(of: [String].self) { group in
      for number in 1...6 {
        let cleaner = try await database.session()
        let order = files.shuffled(using: &random)
        group.addTask {
          var keys: [String] = []
          for start in stride(from: 0, to: order.count, by: 16) {
            let ids = array(order[start..<min(start + 16, order.count)])
            keys +=
              try await number.isMultiple(of: 2)
              ? cleaner.keys("supastore_trash_orphans($1::uuid[], '7 days', $2)", ids, run(number))
              : cleaner.keys("supastore_trash_files($1::uuid[], 0, $2)", ids, run(number))
          }
          return keys
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(moved.count == 400 && Set(moved).count == 400)
    #expect(try await database.count("public.supastore_trash") == 400)
    #expect(try await database.count("public.supastore_audit") == 400)
    #expect(try await database.count("public.files") == 0)
  }

  private static let expire = "supastore_trash_expired($1::uuid[], $2)"
  private static let past = #"{"expires_at":"2020-01-01T00:00:00Z"}"#
  private static let extend = #"update public.files set metadata = '{"expires_at":"2999-01-01T00:00:00Z"}'"#

  @Test func `a file that gets a later end does not expire`() async throws {
    let database = try await TrashDatabase()
    let ids = try await database.makeFiles(1, metadata: Self.past)
    let storer = try await database.session()
    let cleaner = try await database.session()
    try await storer.query("begin")
    #expect(try await storer.change(Self.extend) == 1)
    #expect(try await cleaner.keys(Self.expire, array(ids), run(1)) == [])
    try await storer.query("commit")
    #expect(try await cleaner.keys(Self.expire, array(ids), run(1)) == [])
    #expect(try await database.count("public.files") == 1)
  }

  @Test(arguments: ["commit", "rollback"])
  func `who sets a later end sees that the file has expired meanwhile`(_ end: String) async throws {
    let database = try await TrashDatabase()
    let ids = try await database.makeFiles(1, metadata: Self.past)
    let storer = try await database.session()
    let cleaner = try await database.session()
    try await cleaner.query("begin")
    #expect(try await cleaner.keys(Self.expire, array(ids), run(1)).count == 1)
    async let changed = storer.change(Self.extend)
    try await database.project.untilWaiting(storer)
    try await cleaner.query(end)
    #expect(try await changed == (end == "commit" ? 0 : 1))
    #expect(try await database.count("public.files") == (end == "commit" ? 0 : 1))
  }
}
