/// A stretch of a longer list.
package struct Page<Element: Sendable>: Sendable {
  package var elements: [Element]
  /// How many follow, as the service counted; not guessed from the page's length.
  package var followingCount: Int

  package var isLast: Bool { followingCount == 0 }

  package init(_ elements: [Element], followingCount: Int) {
    self.elements = elements
    self.followingCount = followingCount
  }
}
