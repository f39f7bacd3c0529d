import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// What only looks like lost bytes, and who only looks.
extension LostBytesTests {
  @Test(.standIn(per: .test)) func `reads that fail for a while are no lost bytes`() async throws {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await fixture.store()
    let versions = "select name, version from storage.objects order by name"
    let before = try fixture.project.query(versions)
    // As the file back end answers while its database is away: each object twice at the first look, and once at the second
    // one. Each has failures of its own, for four in a row are those of one that is lost.
    for path in try fixture.supastore.column("select storage_path from files") {
      var outage = Fault(.status, on: "GET /storage/v1/object/authenticated/user-files/\(path)", count: 3)
      outage.status = 500
      outage.body = #"{"statusCode":"500","error":"Internal","message":"Internal Server Error","code":"InternalError"}"#
      fixture.project.add(outage)
    }
    fixture.project.forgetRequests()
    let other = supastore.with(["SUPASTORE_STATE_DIR": fixture.tree["other"]])
    let run = try await other("migrate", "--json", "--jobs", "2", fixture.tree["root"])
    #expect(try run.summary["unchanged"] == 8, "\(run.output)")
    #expect(try fixture.project.query(versions) == before)
    let reads = fixture.project.requests().filter { $0.target.contains("/object/authenticated/user-files/") }
    #expect(reads.count == 8 * 4, "each failed three times, and came the fourth time")
  }

  @Test(.standIn(per: .test)) func `commands that promise nothing of bytes go on with files that lost theirs`()
    async throws
  {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await supastore.setUpTrash()
    let lost = try await supastore.store("lost", in: "c")
    _ = try await supastore.store("kept", in: "c")
    try lose("lost", of: fixture)
    for command in [
      ["list"], ["info", lost], ["status"], ["link", "--conversation", "d", lost], ["conversation", "show", "c"],
      ["unlink", "--conversation", "d", lost], ["cleanup"],
    ] {
      let run = try await supastore.run(command + ["--json"])
      #expect(run.exitStatus == 0, "\(command): \(run.output)\(run.errors)")
    }
    let purge = try await supastore("delete", "--yes", "--now", "--json", lost)
    #expect(try purge.exitStatus == 0 && purge.ids(.purged) == [lost], "\(purge.output)")
    #expect(try supastore.counts() == StoredCounts(each: 1))
  }

  @Test(.standIn(per: .test)) func `who only looks needs no place to write`() async throws {
    let fixture = try VerifyFixture()
    try await fixture.store()
    try lose("a.txt", of: fixture)
    let homeless = fixture.supastore.with([
      "SUPASTORE_STATE_DIR": "/proc/nosuch", "SUPASTORE_CACHE_DIR": "/proc/nosuch",
    ])
    let id = try fixture.file("a.txt").id
    let download = try await homeless("download", id, "-o", fixture.tree["copy"], "--json")
    #expect(download.exitStatus == 4, "\(download.errors)")
    #expect(try await homeless("verify", "--touch", "--json").summary["bytes_missing"] == 1)
  }
}
