internal import StorageModel
internal import StorageSQLite

/// What rows must hold to, as SQL with its values. Everything that was added must hold.
struct LocalConditions {
  private var texts: [String] = []
  private(set) var values: [SQLiteValue] = []

  /// With `WHERE` in front; empty when everything is wanted.
  var clause: String { texts.isEmpty ? "" : " WHERE " + texts.joined(separator: " AND ") }

  mutating func add(_ condition: String, _ values: SQLiteValue...) {
    texts.append(condition)
    self.values += values
  }

  /// That a column begins with a text, bytewise, as an index can tell.
  mutating func add(_ column: String, beginsWith prefix: String) {
    add("\(column) >= ?", .text(prefix))
    if let end = successor(of: prefix) { add("\(column) < ?", .text(end)) }
  }

  /// That a column contains a text, whatever the case of ASCII letters.
  mutating func add(anyOf columns: [String], contains text: String) {
    // SQLite's lower() knows ASCII only.
    let folded = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.lowercasedASCII }))
    texts.append("(" + columns.map { "instr(lower(\($0)), ?) > 0" }.joined(separator: " OR ") + ")")
    values += columns.map { _ in .text(folded) }
  }

  /// That a row follows the one with these values in `order`, which ends in a unique column without NULLs.
  mutating func add(after values: [String?], in order: [LocalOrder]) {
    let terms = Array(zip(order, values))
    var alternatives: [String] = []
    var bound: [SQLiteValue] = []
    for (index, (term, value)) in terms.enumerated() {
      // NULLs are the last: nothing follows one in its own column.
      guard value != nil else { continue }
      var beyond = "\(term.column) \(term.isDescending ? "<" : ">") ?"
      if term.holdsNull { beyond = "(\(beyond) OR \(term.column) IS NULL)" }
      let equals = terms[..<index].map { "\($0.0.column) IS ?" }
      alternatives.append("(" + (equals + [beyond]).joined(separator: " AND ") + ")")
      bound += terms[...index].map { $0.0.value($0.1) }
    }
    if let (term, value) = terms.first, value != nil, !term.holdsNull {
      // Says nothing new, but lets the search begin there.
      add("\(term.column) \(term.isDescending ? "<=" : ">=") ?", term.value(value))
    }
    texts.append("(" + alternatives.joined(separator: " OR ") + ")")
    self.values += bound
  }
}

/// One term of an order. NULLs come last in both directions.
struct LocalOrder {
  enum Content {
    case text, time, number
  }

  let column: String
  var isDescending = false
  var holdsNull = false
  var content = Content.text

  var term: String { "\(column) \(isDescending ? "DESC" : "ASC")\(holdsNull ? " NULLS LAST" : "")" }

  /// What a cursor holds of the column, as the column holds it.
  func value(_ text: String?) -> SQLiteValue {
    guard let text else { return .null }
    switch content {
    case .text: return .text(text)
    case .time: return .text(Timestamp(text)?.columnText ?? text)
    case .number: return Int64(text).map { .integer($0) } ?? .null
    }
  }

  static let newest = [
    LocalOrder(column: "created_at", isDescending: true, content: .time), LocalOrder(column: "id", isDescending: true),
  ]
}

/// The first text, bytewise, that follows all that begin with `prefix`; nil when there is none.
private func successor(of prefix: String) -> String? {
  var scalars = Array(prefix.unicodeScalars)
  while let last = scalars.popLast() {
    // No text holds a surrogate.
    if let next = Unicode.Scalar(last.value == 0xd7ff ? 0xe000 : last.value + 1) {
      scalars.append(next)
      return String(String.UnicodeScalarView(scalars))
    }
  }
  return nil
}

extension Unicode.Scalar {
  fileprivate var lowercasedASCII: Unicode.Scalar {
    ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) | 0x20) : self
  }
}
