package import StorageModel

/// Notices when a walk through pages comes back to where it was. Texts are in an order of the database's own, so two pages
/// that take turns look right one by one. Remembers one place, whatever the length of the walk (Brent's algorithm).
package struct PageTrail<Place: Equatable & Sendable>: Sendable {
  private var mark: Place?
  private var stepCount = 0
  private var stepsToNextMark = 1

  package init() {}

  /// - Parameter place: the last element of the page that was read, which the next one follows.
  package mutating func step(to place: Place) throws(StorageError) {
    guard place != mark else { throw .unexpectedAnswer("pages that come back to where they were") }
    stepCount += 1
    guard stepCount == stepsToNextMark else { return }
    (mark, stepCount, stepsToNextMark) = (place, 0, stepsToNextMark * 2)
  }
}
