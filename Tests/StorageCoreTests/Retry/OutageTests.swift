import StorageModel
import Synchronization
import TestSupport
import Testing

@testable import StorageRunning

/// What processes tell each other of a service that is down; each `Outage` here stands for a process.
@Suite struct OutageTests {
  private let directory: TestSupport.TemporaryDirectory
  private let now = Time()

  final class Time: Sendable {
    let seconds = Atomic(1_000_000)
  }

  init() throws {
    directory = try TestSupport.TemporaryDirectory()
  }

  private func process(obeys: Bool = true) -> Outage {
    Outage(
      in: LocalPath(checked: Array(directory["state"].utf8)), named: Array("outage".utf8), isObeyed: obeys,
      clock: { [now] in now.seconds.load(ordering: .relaxed) })
  }

  private func wait(_ seconds: Int) { now.seconds.add(seconds, ordering: .relaxed) }

  private func isLetThrough(_ outage: Outage) -> Bool {
    do throws(StorageError) {
      _ = try outage.pass()
      return true
    } catch {
      #expect(error.code == .unreachable && error.message.contains("refused"))
      return false
    }
  }

  private let error = StorageError(.unreachable, "the connection was refused", retry: .soon)

  @Test func `one that is stopped while it looks leaves the next look to somebody else`() async throws {
    process().note(error)
    wait(Outage.shortestPause)
    let outage = process()
    var retrier = Retrier(budget: RetryBudget())
    retrier.outage = outage
    await #expect(throws: StorageError.self) {
      try await retrier.run { () async throws(StorageError) in throw StorageError(.interrupted, "interrupted") }
    }
    // It neither goes on as if it were the one that looks, nor is the service taken to be back.
    do {
      let passage = try outage.pass()
      let isProbe = passage.isProbe
      #expect(isProbe)
      outage.note(error)
    }
    #expect(!isLetThrough(outage))
  }

  @Test func `nothing is kept while nothing is wrong`() {
    #expect(isLetThrough(process()))
    process().ended()
    #expect(throws: (any Error).self) { try directory.read("state/outage") }
  }

  @Test func `all processes are refused at once until one of them may look again`() throws {
    process().note(error)
    #expect(!isLetThrough(process()) && process().current?.secondsLeft == Outage.shortestPause)
    wait(Outage.shortestPause - 1)
    #expect(!isLetThrough(process()))
    wait(1)
    let first = process()
    do {
      let passage = try first.pass()
      let isProbe = passage.isProbe
      #expect(isProbe)
      #expect(!isLetThrough(process()), "two processes look at the same time")
      first.note(error)
    }
    #expect(process().current?.secondsLeft == 2 * Outage.shortestPause)
  }

  @Test func `who looks and finds the service back lets everybody through`() throws {
    process().note(error)
    wait(Outage.shortestPause)
    let first = process()
    first.ended(try first.pass())
    #expect(isLetThrough(process()) && process().current == nil)
  }

  @Test func `the pause doubles up to its limit`() {
    var pauses: [Int] = []
    for _ in 0..<6 {
      process().note(error)
      pauses.append(process().current?.secondsLeft ?? 0)
      wait(pauses.last ?? 0)
    }
    #expect(pauses == [30, 60, 120, 240, 300, 300])
  }

  @Test func `several that find out at the same time count once`() {
    for _ in 0..<5 { process().note(error) }
    #expect(process().current?.secondsLeft == Outage.shortestPause)
  }

  @Test func `who does not obey asks all the same, and its success is everybody's`() {
    process().note(error)
    let unbound = process(obeys: false)
    #expect(isLetThrough(unbound) && !isLetThrough(process()))
    unbound.ended()
    #expect(isLetThrough(process()))
  }

  @Test func `who had an answer a moment ago believes that`() {
    let working = process()
    working.ended()
    process().note(error)
    #expect(isLetThrough(working) && !isLetThrough(process()))
    wait(10)
    #expect(!isLetThrough(working))
  }

  @Test func `while one looks the rest of its process is let through`() throws {
    process().note(error)
    wait(Outage.shortestPause)
    let first = process()
    let passage = try first.pass()
    #expect(isLetThrough(first) && !isLetThrough(process()))
    first.ended(passage)
  }

  @Test func `what one object may cause for ever is not noted, nor what was noted before`() throws {
    process().note(StorageError(.unreachable, "its bytes are lost", retry: .once))
    #expect(process().current == nil)
    process().note(error)
    do throws(StorageError) {
      _ = try process().pass()
    } catch {
      wait(Outage.shortestPause)
      process().note(error)
    }
    #expect(process().current?.message == "the connection was refused" && process().current?.secondsLeft == 0)
  }

  @Test(arguments: ["", "x", "3", "-1 5\n", "1 99999999999999999999\nm"])
  func `a file that cannot be read keeps nobody out`(_ content: String) throws {
    process().note(error)
    try directory.write(content.utf8, to: "state/outage")
    #expect(isLetThrough(process()))
  }

  @Test func `a clock that was put back keeps nobody out for longer`() {
    process().note(error)
    wait(-1_000)
    #expect(isLetThrough(process()))
  }

  @Test func `one that was killed while it looked leaves nothing behind`() throws {
    process().note(error)
    wait(Outage.shortestPause)
    do { _ = try process().pass() }
    #expect(isLetThrough(process()))
  }
}
