import FoundationEssentials
import Glibc
import StorageRunning
import TestSupport
import Testing

/// The program is killed at every step of trashing and purging. Whatever the step, nothing that is wanted is lost, and
/// the next runs complete what was begun.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct RemovalCrashTests {
  static let points: [CrashPoint] = [.removalNoted, .entriesTrashed, .purgeClaimed, .objectsDeleted]

  private let tree: TestSupport.TemporaryDirectory
  private let supastore: Supastore

  init() async throws {
    tree = try TemporaryDirectory()
    supastore = try Supastore()
    try await supastore.setUp()
    try await supastore.installSchema()
    for number in 0..<6 { try tree.write("wanted \(number)".utf8, to: "wanted/w\(number)") }
    for number in 0..<4 { try tree.write("left \(number)".utf8, to: "left/l\(number)") }
    try await done("upload", "-r", "--conversation", "c", tree["wanted"])
    try await done("upload", "-r", tree["left"])
    try supastore.project.query("update files set created_at = created_at - interval '8 days'")
  }

  private func done(_ arguments: String...) async throws {
    let run = try await supastore.run(arguments)
    try #require(run.exitStatus == 0, "\(arguments): \(run.errors)")
  }

  private let clean = ["cleanup", "--apply", "--max-delete-percent", "100", "--purge-after"]

  @Test(arguments: points) func `killed in a cleanup`(_ point: CrashPoint) async throws {
    let keep = "30d"
    // What is purged has to be in the trash before.
    if [.purgeClaimed, .objectsDeleted].contains(point) {
      let run = try await supastore.run(clean + [keep])
      try #require(run.exitStatus == 0, "\(run.errors)")
    }
    let dying = supastore.with(["STORAGECORE_CRASH_AT": point.rawValue])
    let killed = try await dying.run(clean + ["0s"])
    #expect(killed.exitStatus == 128 + SIGKILL, "\(point) was not reached: \(killed.errors)")
    #expect(try supastore.trashViolations() == [])
    #expect(try supastore.column("select count(*) from files where original_name like 'w%'") == ["6"])

    // At once: nobody knows yet whether the killed one's deletion is still on its way.
    let next = try await supastore.run(clean + ["0s"])
    #expect(next.exitStatus == 0, "\(next.errors)")
    for _ in 0..<2 {
      try supastore.ageClaims()
      let later = try await supastore.run(clean + ["0s"])
      #expect(later.exitStatus == 0, "\(later.errors)")
    }
    #expect(try supastore.trashViolations() == [])
    #expect(try supastore.column("select state from supastore_trash group by 1") == ["purged"])
    #expect(try supastore.column("select count(*) from supastore_trash") == ["4"])
    #expect(try supastore.column("select count(*) from storage.objects") == ["6"])
    #expect(try supastore.column("select count(*) from conversation_files") == ["6"])
    // What was purged is stored again like anything else.
    try await done("upload", "-r", "--conversation", "c", tree["left"])
    #expect(try supastore.column("select count(*) from storage.objects") == ["10"])
    #expect(try supastore.trashViolations() == [])
  }

  @Test(arguments: points) func `killed in a deletion that is for good`(_ point: CrashPoint) async throws {
    let ids = try supastore.column("select id from files where original_name like 'l%' order by 1")
    let delete = ["delete", "--yes", "--now"] + ids
    let killed = try await supastore.with(["STORAGECORE_CRASH_AT": point.rawValue]).run(delete)
    #expect(killed.exitStatus == 128 + SIGKILL, "\(point) was not reached: \(killed.errors)")
    #expect(try supastore.trashViolations() == [])
    try supastore.ageClaims()
    let again = try await supastore.run(delete)
    #expect(again.exitStatus == 0, "\(again.errors)")
    #expect(try supastore.column("select count(*) from storage.objects") == ["6"])
    #expect(try supastore.column("select count(*) from files") == ["6"])
    try supastore.ageClaims()
    let cleanup = try await supastore("cleanup", "--apply")
    #expect(cleanup.exitStatus == 0, "\(cleanup.errors)")
    #expect(try supastore.column("select state, count(*) from supastore_trash group by 1") == ["purged"])
    #expect(try supastore.trashViolations() == [])
  }

  @Test(arguments: [CrashPoint.removalNoted, .entriesTrashed])
  func `killed in the deletion of a conversation`(_ point: CrashPoint) async throws {
    let delete = ["conversation", "delete", "--yes", "c"]
    let killed = try await supastore.with(["STORAGECORE_CRASH_AT": point.rawValue]).run(delete)
    #expect(killed.exitStatus == 128 + SIGKILL, "\(point) was not reached: \(killed.errors)")
    #expect(try supastore.trashViolations() == [])
    let again = try await supastore.run(delete)
    #expect(again.exitStatus == 0, "\(again.errors)")
    #expect(try supastore.column("select count(*) from conversations") == ["0"])
    #expect(try supastore.column("select count(*) from supastore_trash where rule = 'conversation'") == ["6"])
    #expect(try supastore.column("select count(*) from files") == ["4"])
    #expect(try supastore.trashViolations() == [])
    // Written down before it was done, whoever was killed.
    let record = try #require(
      try FileManager.default.contentsOfDirectory(atPath: supastore.stateDirectory).first { $0.hasPrefix("removals-") })
    let lines = try String(
      decoding: Data(contentsOf: URL(filePath: "\(supastore.stateDirectory)/\(record)")), as: UTF8.self)
    #expect(lines.split(separator: "\n").count >= 6)
  }
}
