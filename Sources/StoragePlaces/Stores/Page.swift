/// A stretch of a longer list.
public struct Page<Element: Sendable>: Sendable {
  public var elements: [Element]
  /// How many follow, as the service counted; not guessed from the page's length.
  public var followingCount: Int

  public var isLast: Bool { followingCount == 0 }

  public init(_ elements: [Element], followingCount: Int) {
    self.elements = elements
    self.followingCount = followingCount
  }
}
