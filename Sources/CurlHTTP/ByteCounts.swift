import Synchronization

/// Bytes of bodies, sent and received so far. What libcurl had to send again on a fresh connection counts again.
public struct ByteCounts: Sendable, Hashable {
  public var sent: Int64
  public var received: Int64

  public init(sent: Int64, received: Int64) {
    self.sent = sent
    self.received = received
  }
}

/// Counted by the loop's thread, read by any.
final class ByteCounter: Sendable {
  private let sent = Atomic<Int64>(0)
  private let received = Atomic<Int64>(0)

  var counts: ByteCounts {
    ByteCounts(sent: sent.load(ordering: .relaxed), received: received.load(ordering: .relaxed))
  }

  func add(sent more: Int64) {
    sent.wrappingAdd(more, ordering: .relaxed)
  }

  func add(received more: Int64) {
    received.wrappingAdd(more, ordering: .relaxed)
  }
}
