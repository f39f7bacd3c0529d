import TestSupport
import Testing

extension JSONContractTests {
  /// The commands that remove something, before the functions are there and with them.
  func checkRemoval(_ met: inout Set<String>) async throws {
    _ = try await check(supastore, ["cleanup", "--grace", "0s"], &met)
    #expect(try await check(supastore, ["cleanup", "--apply"], &met).exitStatus == 7)
    try await supastore.installSchema()
    let down = supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"])
    #expect(try await check(down, ["cleanup"], &met).exitStatus == 6)

    let files = ["upload", "data:,one", "data:,two", "data:,three", "data:,four", "--conversation", "gone"]
    let ids = try await check(supastore, files, &met).documents("file").compactMap { $0["id"]?.string }
    try #require(ids.count == 4)
    _ = try await check(supastore, ["link", "--conversation", "stays", ids[0]], &met)
    #expect(try await check(supastore, ["delete", "--yes", ids[0]], &met).exitStatus == 7)
    for arguments in [
      ["delete", "--dry-run", ids[1], "nosuch"], ["delete", "--yes", ids[1], "nosuch"], ["delete", "--yes", "nosuch"],
      ["delete", "--yes", "--now", ids[2]],
    ] {
      #expect(try await check(supastore, arguments, &met).exitStatus == 0)
    }
    try await checkTrash(ids[1], &met)
    for arguments in [["--dry-run", "gone"], ["--yes", "gone"], ["--yes", "gone"]] {
      let run = try await check(supastore, ["conversation", "delete"] + arguments, &met, commandWords: 2)
      #expect(run.exitStatus == 0)
    }
    try await checkCleanup(&met)
  }

  private func checkTrash(_ id: String, _ met: inout Set<String>) async throws {
    for (arguments, exitStatus) in [
      (["list"], 0), (["restore", id, "nosuch"], 3), (["restore", id], 4), (["restore"], 2),
    ] as [([String], Int32)] {
      #expect(try await check(supastore, ["trash"] + arguments, &met, commandWords: 2).exitStatus == exitStatus)
    }
    // Another row on its path keeps it in the trash.
    _ = try await check(supastore, ["delete", "--yes", "--everywhere", id], &met)
    let path = try #require(
      try supastore.project.query("select key from supastore_trash where file_id::text = $1", id)[0][0])
    _ = try await check(supastore, ["trash", "restore", path], &met, commandWords: 2)
    _ = try await check(supastore, ["delete", "--yes", path], &met)
    _ = try await check(supastore, ["trash", "purge", "--yes", path, "nosuch"], &met, commandWords: 2)
    _ = try await check(supastore, ["trash", "list", "--all"], &met, commandWords: 2)
  }

  private func checkCleanup(_ met: inout Set<String>) async throws {
    #expect(try await check(supastore, ["upload", "data:,orphan"], &met).exitStatus == 0)
    for (arguments, exitStatus) in [
      ([], 0), (["--apply", "--max-delete", "0"], 7),
      (["--apply", "--expired", "--purge-after", "0s", "--max-delete-percent", "100"], 0),
      (["--apply", "--purge-after", "0s"], 0),
    ] as [([String], Int32)] {
      let run = try await check(supastore, ["cleanup", "--grace", "0s"] + arguments, &met)
      #expect(run.exitStatus == exitStatus, "\(arguments)")
      #expect(try !run.documents("removal").isEmpty || arguments.contains("0"))
    }
    _ = try await check(supastore, ["status", "--no-usage"], &met)
  }
}
