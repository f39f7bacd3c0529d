import FoundationEssentials
import Glibc
import StorageEngine
import StorageModel
import StorageRunning
import TestSupport
import Testing

@testable import StorageCore

/// The program is killed at every step of a local write, of a fallback and of a replay. Whatever the step, what was
/// promised is there, and the same command run again completes.
@Suite(.standIn(per: .test), .timeLimit(.minutes(10))) struct CrashPointTests {
  private let tree: TestSupport.TemporaryDirectory
  private let supastore: Supastore
  private static let fileCount = 5
  private static let treeFileCount = 4
  private static let totalCount = fileCount + treeFileCount
  /// The passings of a step at which the program is killed. It has to get there once; oftener only where it does.
  private static let passings = [1, 2, 4]

  init() throws {
    tree = try TemporaryDirectory()
    supastore = try Supastore()
    for number in 0..<Self.fileCount { try tree.write("file \(number)".utf8, to: "f\(number)") }
    for number in 0..<Self.treeFileCount { try tree.write("tree \(number)".utf8, to: "root/d\(number % 2)/t\(number)") }
  }

  private static let writing: [CrashPoint] = [
    .databaseFilled, .databaseNamed, .blobFilled, .blobNamed, .objectsRecorded, .sidecarNoted, .filesCommitted,
    .linksCommitted, .unlinksCommitted, .conversationMade, .metadataNoted, .metadataChanged,
  ]
  private static let fallingBack: [CrashPoint] = [.outageNoted, .turnedToLocal, .queuedAgain]
  private static let storing: [CrashPoint] = [
    .objectsSent, .objectsProved, .rowsInserted, .linksInserted, .metadataAmended,
  ]
  private static let replaying: [CrashPoint] = [
    .itemsRead, .conversationSent, .linkSent, .unlinkSent, .messageSent, .outboxSettled,
  ]

  @Test func `no step is left out`() {
    let points = Self.writing + Self.fallingBack + Self.storing + Self.replaying + LocalRemovalCrashTests.points
    #expect(Set(points) == Set(CrashPoint.allCases))
  }

  private var files: [String] { (0..<Self.fileCount).map { tree["f\($0)"] } }

  /// Everything the local store does, as commands one after the other.
  private func writes(_ ids: [String]) -> [[String]] {
    [
      ["conversation", "create", "e", "--title", "Empty", "--json"],
      ["upload", "--conversation", "c", "--json"] + files,
      ["migrate", "--json", tree["root"]],
      ["upload", "--conversation", "c", "--metadata", "step=2", "--json"] + files,
      ["link", "--conversation", "d", "--json"] + ids.prefix(2),
      ["unlink", "--conversation", "c", "--json"] + ids.suffix(1),
    ]
  }

  /// The ids that the five files have, whichever store they are in.
  private func ids() async throws -> [String] {
    let local = try LocalSupastore()
    let run = try await local.run(["upload", "--conversation", "c", "--json"] + files)
    return try run.documents("file").compactMap { $0["id"]?.string }
  }

  /// The ids of the files that a run kept, as far as it came to say so.
  private func accepted(_ run: Run) throws -> Set<String> {
    let lines = run.output.split(separator: "\n").compactMap { try? JSONValue(line: $0) }
    let kept = lines.filter {
      $0["type"]?.string == "file" && ["stored", "unchanged", "queued"].contains($0["status"])
    }
    return Set(kept.compactMap { $0["id"]?.string })
  }

  private func dying(_ supastore: Supastore, at point: CrashPoint, _ passing: Int) -> Supastore {
    supastore.with(["STORAGECORE_CRASH_AT": "\(point.rawValue):\(passing)"])
  }

  // MARK: Local writes

  @Test(arguments: writing + storing)
  func `killed in a local write`(_ point: CrashPoint) async throws {
    let ids = try await ids()
    for passing in Self.passings {
      let directory = try TestSupport.TemporaryDirectory()
      let local = supastore.with(["SUPASTORE_MODE": "local", "SUPASTORE_STATE_DIR": directory["state"]])
      let store = StoreInvariants(stateDirectory: directory["state"])
      var hasDied = false
      var kept: Set<String> = []
      for command in writes(ids) {
        if !hasDied {
          let run = try await dying(local, at: point, passing).run(command)
          hasDied = run.exitStatus == 128 + SIGKILL
          try #require(hasDied || run.exitStatus == 0, "\(command): \(run.errors)")
          kept.formUnion(try accepted(run))
          #expect(try store.violations(accepted: kept) == [], "\(point) \(passing) \(command)")
          if !hasDied { continue }
        }
        let run = try await local.run(command)
        #expect(run.exitStatus == 0, "\(command) after \(point) \(passing): \(run.errors)")
        kept.formUnion(try accepted(run))
        #expect(try store.violations(accepted: kept) == [], "\(point) \(passing) \(command)")
      }
      if passing == 1 { try #require(hasDied, "\(point) was not reached") }
      if !hasDied { break }
      #expect(kept.count == Self.totalCount)
      let tables = try StoreTables(at: directory["state/local/store.sqlite"])
      #expect(try tables.column("SELECT count(*) FROM files") == ["\(Self.totalCount)"])
      // Each with its conversation, two with another one, one without.
      #expect(try tables.column("SELECT count(*) FROM conversation_files") == ["\(Self.totalCount + 1)"])
      #expect(try tables.column("SELECT count(*) FROM files WHERE metadata LIKE '%\"step\"%'") == ["\(Self.fileCount)"])
      #expect(try await local("local", "check").exitStatus == 0)
    }
  }

  // MARK: Fallbacks

  @Test(arguments: fallingBack + [.conversationMade, .blobNamed, .filesCommitted, .linksCommitted])
  func `killed while it turns to the local store`(_ point: CrashPoint) async throws {
    try await supastore.setUp()
    let early = try await supastore("upload", "--conversation", "c", files[0])
    try #require(early.exitStatus == 0, "\(early.errors)")
    supastore.project.add(.failing(503, on: "POST /storage/v1/object/user-files/*"))
    let command = ["upload", "--conversation", "c", "--json"] + files
    let store = StoreInvariants(stateDirectory: supastore.stateDirectory, project: supastore.project)
    // Only what was kept before is queued again.
    if point == .queuedAgain { try #require(try await supastore.run(command).exitStatus == 9) }
    let killed = try await dying(supastore, at: point, 1).run(command)
    #expect(killed.exitStatus == 128 + SIGKILL, "\(point) was not reached: \(killed.errors)")
    // What Supabase took is not here.
    let queued = try accepted(killed).subtracting(storedIDs())
    #expect(try store.violations(accepted: queued) == [])
    let again = try await supastore.run(command)
    #expect(again.exitStatus == 9, "\(again.errors)")
    let kept = try accepted(again)
    #expect(kept.count == Self.fileCount)
    #expect(try store.violations(accepted: kept.subtracting(storedIDs())) == [])
    supastore.project.removeFaults()
    try await complete(store, fileCount: Self.fileCount, extraLinks: 0)
  }

  private func storedIDs() throws -> Set<String> {
    Set(try supastore.project.query("select id::text from files").compactMap { $0[0] })
  }

  // MARK: Replays

  @Test(arguments: storing + replaying)
  func `killed in a replay`(_ point: CrashPoint) async throws {
    try await supastore.setUp()
    for passing in Self.passings.prefix(2) {
      try? FileManager.default.removeItem(atPath: supastore.stateDirectory)
      try supastore.project.reset()
      try await supastore.setUp()
      // One of the files is there already, without what was noted of it later.
      let early = try await supastore("upload", "--conversation", "c", "--state-dir", tree["other"], files[0])
      try #require(early.exitStatus == 0, "\(early.errors)")
      try await fillLocalStore()
      let store = StoreInvariants(stateDirectory: supastore.stateDirectory, project: supastore.project)
      try #require(try store.violations(accepted: []) == [])
      let killed = try await dying(supastore, at: point, passing)("sync", "--json")
      if killed.exitStatus == 0, passing > 1 { break }
      #expect(killed.exitStatus == 128 + SIGKILL, "\(point) \(passing) was not reached: \(killed.errors)")
      #expect(try store.violations(accepted: []) == [], "\(point) \(passing)")
      try await complete(store, fileCount: Self.totalCount, extraLinks: 1)
      #expect(
        try supastore.project.query("select count(*) from files where metadata->>'step' = '2'") == [
          ["\(Self.fileCount)"]
        ])
      #expect(try supastore.project.query("select title from conversations where continuation_id = 'e'") == [["Empty"]])
    }
  }

  /// Does all the writes without Supabase, and saves messages.
  private func fillLocalStore() async throws {
    let local = supastore.with(["SUPASTORE_MODE": "local"])
    for command in writes(try await ids()) {
      let run = try await local.run(command)
      try #require(run.exitStatus == 0, "\(run.errors)")
    }
    let state = try StateDirectory(at: LocalPath(checked: Array(supastore.stateDirectory.utf8)))
    try await OpenProject.withLocalStore(in: state, retrier: Retrier(budget: RetryBudget())) { open in
      let conversation = try await open.conversation("c")
      for number in 0..<3 {
        try await open.saveMessage(in: conversation, role: .user, content: "message \(number)", key: "\(number)")
      }
    }
  }

  /// Sends what waits: everything is there once, and sending again does nothing.
  private func complete(_ store: StoreInvariants, fileCount: Int, extraLinks: Int) async throws {
    let run = try await supastore("sync", "--json")
    #expect(run.exitStatus == 0, "\(run.output)\(run.errors)")
    #expect(try store.violations(accepted: []) == [])
    let tables = try StoreTables(at: "\(store.stateDirectory)/local/store.sqlite")
    #expect(try tables.column("SELECT count(*) FROM outbox") == ["0"])
    let counts = try supastore.counts()
    #expect([counts.objects, counts.rows] == [fileCount, fileCount] && counts.links == fileCount + extraLinks)
    let copies = try await supastore("download", "--conversation", "c", "--no-cache", "-o", tree["copies"], "--json")
    #expect(try copies.exitStatus == 0 && copies.documents("download").allSatisfy { $0["verified"] == true })
    try? FileManager.default.removeItem(atPath: tree["copies"])
    let before = try contents()
    let idle = try await supastore("sync", "--json")
    #expect(try idle.exitStatus == 0 && idle.summary["requests"] == 0 && idle.summary["sent"] == 0)
    #expect(try contents() == before)
  }

  /// All rows of the project.
  private func contents() throws -> [[[String?]]] {
    try ["files", "conversations", "messages", "conversation_files", "storage.objects"].map { table in
      try supastore.project.query("select t::text from \(table) t order by 1")
    }
  }
}
