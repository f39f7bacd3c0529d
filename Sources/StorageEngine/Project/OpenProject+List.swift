public import StorageModel
public import StoragePlaces

/// How a list ended.
public struct Listing: Sendable {
  /// Where to go on; nil when nothing follows.
  public var next: PageCursor?
  /// All rows that match, as counted with the first page; nil when the list did not begin at the beginning.
  public var total: Int?
}

extension OpenProject {
  /// Calls `body` with the rows that match, in the query's order, as they come: never more than a page is in memory. Rows
  /// that are stored or removed meanwhile neither repeat nor hide others.
  ///
  /// The cursor is where an earlier list ended, nil for the beginning; the limit is of rows and at least 1, nil for all.
  /// Throws what `body` throws, and `.configuration` when the cursor belongs to another order.
  @discardableResult
  public func list(
    _ query: FileQuery, after cursor: PageCursor? = nil, limit: Int?, _ body: (FileRow) throws -> Void
  ) async throws -> Listing {
    try await list(after: cursor, limit: limit, body) { cursor, limit throws(StorageError) in
      try await rows.files(matching: query, after: cursor, limit: limit)
    } place: {
      PageCursor(after: $0, in: query.order)
    }
  }

  /// The same for conversations, newest first.
  @discardableResult
  public func listConversations(
    _ query: ConversationQuery, after cursor: PageCursor? = nil, limit: Int?, _ body: (Conversation) throws -> Void
  ) async throws -> Listing {
    try await list(after: cursor, limit: limit, body) { cursor, limit throws(StorageError) in
      try await rows.conversations(matching: query, after: cursor, limit: limit)
    } place: {
      PageCursor(after: $0)
    }
  }

  private func list<Element>(
    after cursor: PageCursor?, limit: Int?, _ body: (Element) throws -> Void,
    page: (PageCursor?, Int) async throws(StorageError) -> Page<Element>, place: (Element) -> PageCursor
  ) async throws -> Listing {
    var listing = Listing(next: cursor)
    var rest = limit ?? .max
    var trail = PageTrail<PageCursor>()
    while true {
      let isFirst = listing.next == nil
      let page = try await page(listing.next, min(rest, 1000))
      if isFirst { listing.total = page.elements.count + page.followingCount }
      for element in page.elements { try body(element) }
      rest -= page.elements.count
      guard !page.isLast, let last = page.elements.last else {
        listing.next = nil
        return listing
      }
      let next = place(last)
      try trail.step(to: next)
      listing.next = next
      if rest == 0 { return listing }
    }
  }
}
