/// How many uploads may be under way: begins low, grows while the service keeps up, halves when it is in trouble.
/// The service is bound by its database pool, so more than `highest` helps nobody.
package struct ConcurrencyLimit {
  static let successesPerStep = 20

  let highest: Int
  package private(set) var current: Int
  private var successes = 0

  package init(highest: Int) {
    self.highest = highest
    current = min(4, highest)
  }

  package mutating func succeeded() {
    successes += 1
    if successes >= Self.successesPerStep {
      successes = 0
      current = min(current + 1, highest)
    }
  }

  package mutating func sawTrouble() {
    successes = 0
    current = max(1, current / 2)
  }
}
