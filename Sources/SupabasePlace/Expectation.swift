internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient

extension StorageError {
  static func unexpectedAnswer(_ what: String, to effect: Route.Effect) -> StorageError {
    .unexpectedAnswer(what, isRepeatable: effect == .reads)
  }
}

extension Collection {
  /// These, when all of them were asked for. Throws `.unexpectedAnswer` otherwise: then nobody acts on any.
  /// - Parameter what: what they are, in the plural.
  func expected(
    _ what: String, to effect: Route.Effect = .reads, _ isExpected: (Element) -> Bool
  ) throws(StorageError) -> Self {
    guard allSatisfy(isExpected) else {
      throw .unexpectedAnswer("\(what) that were not asked for", to: effect)
    }
    return self
  }
}

extension [RowOrder] {
  /// Whether a row may come after another one in this order, as far as that can be told: texts are ordered by rules of the
  /// database that are not known here. Never when both are one row.
  func allows(_ next: RowPosition, after previous: RowPosition) -> Bool {
    for (term, (previous, next)) in zip(self, zip(previous, next)) where previous != next {
      guard let previous, let next, let isAscending = term.isAscending(from: previous, to: next) else { return true }
      return isAscending == (term.direction == .ascending)
    }
    return false
  }
}

extension RowOrder {
  /// Nil where the order of the column's values is not known.
  fileprivate func isAscending(from previous: String, to next: String) -> Bool? {
    switch column.name {
    case "id", "file_id", "conversation_id": previous.utf8.lexicographicallyPrecedes(next.utf8)
    case "size_bytes":
      if let previous = Int64(previous), let next = Int64(next) { previous < next } else { nil }
    case "created_at", "trashed_at":
      if let previous = Timestamp(previous), let next = Timestamp(next), previous != next {
        previous < next
      } else {
        nil
      }
    default: nil
    }
  }
}

extension RowPage {
  /// The rows with how many follow, when they can be a page of what was asked for. Throws `.unexpectedAnswer` when they are
  /// more than were asked for or than there are, none although there are some, or do not follow `last` and each other.
  func page<Element>(
    _ what: String, limit: Int, order: [RowOrder], after last: RowPosition?, _ position: (Row) -> RowPosition,
    _ element: (Row) -> Element
  ) throws(StorageError) -> Page<Element> {
    let total = total ?? 0
    guard rows.count <= limit, rows.count <= total, !rows.isEmpty || total == 0 else {
      throw .unexpectedAnswer("\(rows.count) \(what) of \(total), asked for at most \(limit)")
    }
    var last = last
    for row in rows {
      let next = position(row)
      if let last, !order.allows(next, after: last) {
        throw .unexpectedAnswer("a page of \(what) that does not go on from the one before")
      }
      last = next
    }
    return Page(rows.map(element), followingCount: total - rows.count)
  }
}
