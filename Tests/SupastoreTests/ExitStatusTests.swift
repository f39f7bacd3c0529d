import CommandTable
import StorageCore
import StorageEngine
import StorageFiles
import StorageModel
import Testing

@testable import SupastoreRendering
@testable import SupastoreShell

/// Not the type of that name in Testing.
private typealias Status = SupastoreShell.ExitStatus

@Suite struct ExitStatusTests {
  @Test func `the numbers are those that scripts rely on`() {
    #expect(Status.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130, 143])
  }

  @Test(
    arguments: [
      (.unreachable, 6), (.denied, 5), (.notFound, 4), (.objectMissing, 4), (.conflict, 7), (.tooLarge, 7),
      (.integrity, 8), (.setup, 1), (.configuration, 2), (.rejected, 1), (.changed, 1), (.unreadable, 1),
      (.unwritable, 1), (.locked, 11), (.damaged, 12), (.interrupted, 130),
      (.sensitive, 7), (.deadline, 10),
    ] as [(StorageError.Code, Int32)])
  func `every error of the core has its status`(_ code: StorageError.Code, status: Int32) {
    let report = ErrorReport(StorageError(code, "m", hint: "h"))
    #expect(report.status.rawValue == status)
    #expect(report.code == code.rawValue)
    #expect(report.hint == "h")
  }

  @Test(
    arguments: [
      ([], 0), ([.done], 0), ([.done, .keptLocally], 9), ([.keptLocally, .timeIsUp], 10), ([.different, .timeIsUp], 8),
      ([.different, .someFailed], 3), ([.someFailed, .failed], 1), ([.failed, .unreachable], 6),
      ([.unreachable, .denied], 5), ([.denied, .refused], 7), ([.refused, .usage], 2), ([.usage, .locked], 11),
      ([.locked, .damaged], 12), ([.damaged, .interrupted], 130), ([.done, .terminated], 143),
    ] as [([Status], Int32)])
  func `of several statuses of a run the weightiest counts`(_ statuses: [SupastoreShell.ExitStatus], status: Int32) {
    #expect(Status.ofRun(statuses).rawValue == status)
    #expect(Status.ofRun(statuses.reversed()).rawValue == status)
  }

  @Test(
    arguments: [
      (5, [], 0), (0, [], 0), (0, [.notFound], 4), (0, [.denied, .denied], 5), (0, [.denied, .notFound], 3),
      (1, [.notFound], 3),
    ] as [(Int, [Status], Int32)])
  func `items that fail for one reason give its status`(
    _ succeeded: Int, failures: [SupastoreShell.ExitStatus], status: Int32
  ) {
    #expect(Status.ofItems(succeeded: succeeded, failures: failures).rawValue == status)
  }

  @Test(
    arguments: [
      (0, [.deadline: 3], 10), (4, [.deadline: 3], 10), (4, [.deadline: 1, .unreadable: 1], 3),
      (0, [.deadline: 1, .unreadable: 1], 3), (0, [.unreadable: 2], 1), (4, [:], 0),
    ] as [(Int, [StorageError.Code: Int], Int32)])
  func `what a time limit cut off counts only when nothing else failed`(
    _ stored: Int, _ failures: [StorageError.Code: Int], status: Int32
  ) {
    var summary = MigrationSummary()
    summary.counts = [.stored: stored, .failed: failures.values.reduce(0, +)]
    summary.failures = failures
    if failures[.deadline] != nil { summary.endedBy = StorageError(.deadline, "m") }
    #expect(Status.of(summary, nil).rawValue == status)
    #expect(Status.of(summary, .interrupted) == .interrupted)
  }

  @Test func `an error of an unknown type is told by its type alone`() {
    struct Surprise: Error { let secret = "sb_secret_SGVsbG8" }
    let report = ErrorReport(Surprise())
    #expect(report.message == "unexpected error of type Surprise")
    #expect(report.status == .failed)
  }

  @Test func `errors of the command line and of the configuration are misuse`() throws {
    #expect(ErrorReport(UsageError("m", hint: "h")).status == .usage)
    #expect(throws: PatternError.self) { try PathPatterns(include: ["a["], exclude: []) }
    #expect(ErrorReport(PatternError.unclosedBracket("a[")).status == .usage)
    #expect(ErrorReport(ConfigurationError.missing(.projectURL, similar: nil)).status == .usage)
  }
}
