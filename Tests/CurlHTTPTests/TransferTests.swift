import Synchronization
import Testing

@testable import CurlHTTP

/// One transfer, one outcome.
@Suite struct TransferTests {
  private let outcomes = Outcomes()

  private final class Outcomes: Sendable {
    private let list = Mutex<[TransferOutcome]>([])

    var errors: [TransportError?] { list.withLock { $0.map(\.failure) } }

    func add(_ outcome: TransferOutcome) {
      list.withLock { $0.append(outcome) }
    }
  }

  private func transfer() -> Transfer {
    let transfer = Transfer(HTTPRequest(.get, "http://127.0.0.1/"))
    transfer.receive { [outcomes] in outcomes.add($0) }
    return transfer
  }

  @Test func `the first outcome counts`() {
    let transfer = transfer()
    transfer.settle(.failure(.neverStarted))
    transfer.settle(.failure(.outOfMemory))
    #expect(outcomes.errors == [.neverStarted])
    #expect(transfer.takeRequest() == nil)
  }

  @Test func `a transfer that the loop never took was not sent`() {
    transfer().settleUnlessTaken()
    #expect(outcomes.errors == [.neverStarted])
  }

  @Test func `what became of a transfer that the loop took only the loop can say`() {
    let transfer = transfer()
    #expect(transfer.takeRequest() != nil)
    transfer.settleUnlessTaken()
    #expect(outcomes.errors.isEmpty)
    transfer.settle(.failure(TransportError(.cancelled, .unknown, "cancelled")))
    #expect(outcomes.errors.map(\.?.outcome) == [.unknown])
  }
}
