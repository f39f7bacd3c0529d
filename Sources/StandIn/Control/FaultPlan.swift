import Synchronization

/// The faults that are still to happen. Safe to use from many threads.
package final class FaultPlan: Sendable {
  private struct Entry {
    let fault: Fault
    /// Requests on the route so far.
    var seen = 0
  }

  private let entries = Mutex<[Entry]>([])

  package func add(_ faults: [Fault]) {
    entries.withLock { $0 += faults.map { Entry(fault: $0) } }
  }

  package func removeAll() {
    entries.withLock { $0.removeAll() }
  }

  /// What the request is to meet. It counts for every fault whose route it is on.
  func next(method: String, target: [UInt8]) -> Fault? {
    entries.withLock { entries in
      var found: Fault?
      for index in entries.indices where entries[index].fault.fits(method: method, target: target) {
        entries[index].seen += 1
        let fault = entries[index].fault
        let first = fault.nth ?? 1
        let count = fault.count ?? 1
        let isTurn = entries[index].seen >= first && (count == 0 || entries[index].seen < first + count)
        if isTurn, found == nil { found = fault }
      }
      return found
    }
  }
}
