import Glibc
import StorageModel
import StorageRunning
import StorageSQLite
import Testing

@testable import StorageEngine

@Suite struct PastRunTests {
  private func withPlace<Result>(_ body: (JournalPlace) throws -> Result) throws -> Result {
    try withTemporaryDirectory { root in
      try body(JournalPlace(in: StateDirectory(at: root.appending("state")), projectURL: "https://a.example"))
    }
  }

  private func run(_ number: Int, _ errorCode: String? = nil) throws -> PastRun {
    PastRun(
      command: "migrate", endedAt: try #require(Timestamp(microseconds: Int64(number))),
      duration: .microseconds(1_500_000), counts: [.stored: number, .failed: 1], byteCount: 1 << 40,
      sentByteCount: 7, errorCode: errorCode)
  }

  @Test func `runs come back as they were noted, the last one first`() throws {
    try withPlace { place in
      let runs = [try run(1), try run(2, "denied")]
      for run in runs { try Journal.note(run, at: place) }
      #expect(try Journal.runs(at: place) == runs.reversed())
      #expect(runs[0].startedAt == Timestamp(microseconds: 1 - 1_500_000))
    }
  }

  @Test func `a summary says how its run ended`() {
    var summary = MigrationSummary()
    summary.counts = [.stored: 2, .queued: 1]
    summary.byteCount = 30
    summary.sentByteCount = 20
    summary.duration = .seconds(3)
    #expect(PastRun("upload", summary).errorCode == nil)
    summary.endedBy = StorageError(.unreachable, "it is down")
    let run = PastRun("upload", summary)
    #expect(run.errorCode == "unreachable" && run.counts == summary.counts && run.duration == .seconds(3))
    #expect(run.byteCount == 30 && run.sentByteCount == 20)
  }

  @Test func `the last hundred are kept`() throws {
    try withPlace { place in
      for number in 1...103 { try Journal.note(run(number), at: place) }
      #expect(try Journal.runs(at: place).map { $0.endedAt.microseconds } == (4...103).reversed().map { Int64($0) })
    }
  }

  @Test func `digests and runs share a journal`() throws {
    try withPlace { place in
      let journal = try Journal(at: place)
      try Journal.note(run(1), at: place)
      _ = try Journal(at: place)
      #expect(try Journal.runs(at: place).count == 1)
      withExtendedLifetime(journal) {}
    }
  }

  @Test func `looking makes no journal and begins none anew`() throws {
    try withPlace { place in
      #expect(try Journal.runs(at: place).isEmpty)
      #expect(try place.journal().withCString { access($0, F_OK) } != 0)
      let old = Schema(applicationID: 0x5355_504a, version: 1, creation: "CREATE TABLE x (y)")
      _ = try Database(.file(place.journal().bytes), schema: old)
      #expect(try Journal.runs(at: place).isEmpty)
      _ = try Database(.file(place.journal().bytes), schema: old)
      try Journal.note(run(1), at: place)
      #expect(try Journal.runs(at: place).count == 1)
      try place.journal().write(String(repeating: "no database ", count: 1000))
      #expect(try Journal.runs(at: place).isEmpty)
    }
  }

  @Test func `a journal that somebody holds does not hold up the end of a run for long`() throws {
    try withPlace { place in
      try Journal.note(run(1), at: place)
      let holder = try Database(.file(place.journal().bytes), schema: Journal.schema)
      let start = ContinuousClock.now
      try holder.transaction { () throws(SQLiteError) in
        #expect(throws: StateError.self) { try Journal.note(run(2), at: place) }
      }
      #expect(start.duration(to: .now) < .seconds(9))
      #expect(try Journal.runs(at: place).count == 1)
    }
  }
}
