import FoundationEssentials
import Glibc
import StorageRunning
import TestSupport
import Testing

/// The program is killed at every step of deleting, restoring and purging in the local store. Whatever the step, nothing
/// is lost, and the same commands run again complete.
@Suite(.timeLimit(.minutes(10))) struct LocalRemovalCrashTests {
  static let points: [CrashPoint] = [
    .removalNoted, .entriesTrashed, .purgeClaimed, .blobRemoved, .objectsRemoved, .objectsDeleted, .purgeFinished,
    .entriesRestored,
  ]

  private let supastore: LocalSupastore

  init() throws {
    supastore = try LocalSupastore()
    for number in 0..<5 { try supastore.directory.write("file \(number)".utf8, to: "f\(number)") }
  }

  /// Two are deleted and one of them comes back; two go for good, then the other one; one of the two is stored again.
  private func commands(_ ids: [String]) -> [[String]] {
    [
      ["delete", "--yes", "--json", ids[0], ids[1]],
      ["trash", "restore", "--json", ids[0]],
      ["delete", "--yes", "--now", "--json", ids[2], ids[3]],
      ["trash", "purge", "--yes", "--json", ids[1]],
      ["cleanup", "--apply", "--json"],
      ["upload", "--conversation", "c", "--json", "f2"],
    ]
  }

  private func tables() throws -> StoreTables {
    try StoreTables(at: supastore.directory["state/local/store.sqlite"])
  }

  /// An unfinished purge is left alone for a minute.
  private func letAMinuteGoBy() throws {
    try tables().execute(
      "UPDATE trash SET claimed_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', claimed_at, '-61 seconds')")
  }

  @Test(arguments: points, [1, 2])
  func `killed in a removal`(_ point: CrashPoint, _ passing: Int) async throws {
    var ids: [String] = []
    for number in 0..<5 {
      let run = try await supastore("upload", "--conversation", "c", "--json", "f\(number)")
      ids += try run.documents("file").compactMap { $0["id"]?.string }
    }
    try #require(ids.count == 5)
    let store = StoreInvariants(stateDirectory: supastore.directory["state"])
    let dying = supastore.with(["STORAGECORE_CRASH_AT": "\(point.rawValue):\(passing)"])
    var hasDied = false
    for command in commands(ids) {
      if !hasDied {
        let run = try await dying.run(command)
        hasDied = run.exitStatus == 128 + SIGKILL
        try #require(hasDied || run.exitStatus == 0, "\(command): \(run.output)\(run.errors)")
        #expect(try store.violations(accepted: Set(ids)) == [], "\(command)")
        #expect(try await supastore("local", "check").exitStatus == 0, "\(command)")
        try letAMinuteGoBy()
        if !hasDied { continue }
      }
      let run = try await supastore.run(command)
      // What was restored already is no longer in the trash.
      #expect(run.exitStatus == 0 || command[1] == "restore" && run.exitStatus == 4, "\(command): \(run.errors)")
      #expect(try store.violations(accepted: Set(ids)) == [], "\(command)")
      try letAMinuteGoBy()
    }
    if passing == 1 { try #require(hasDied, "\(point) was not reached") }
    #expect(try tables().column("SELECT id FROM files").sorted() == [ids[0], ids[2], ids[4]].sorted())
    let entries = try tables().column("SELECT file_id || state FROM trash").sorted()
    #expect(entries == ["\(ids[1])purged", "\(ids[3])purged"].sorted())
    #expect(try tables().column("SELECT count(*) FROM objects") == ["3"])
    #expect(try await supastore.downloadedCount("c") == 3)
    #expect(try await supastore("local", "check").exitStatus == 0)
    let blobs = try FileManager.default.subpathsOfDirectory(atPath: supastore.directory["state/local/blobs"])
    #expect(blobs.count { $0.count > 60 } == 6)
  }
}
