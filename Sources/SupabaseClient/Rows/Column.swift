/// A column of a table, or a key inside a JSON column. Its form is checked when a request is built from it.
package struct Column: Hashable, Sendable, ExpressibleByStringLiteral {
  package let name: String
  /// The keys below a JSON column.
  let keys: [String]
  /// Whether what stands under the last key is read as text, not as JSON.
  let readsText: Bool

  package init(_ name: String) {
    self.name = name
    keys = []
    readsText = false
  }

  package init(stringLiteral name: String) {
    self.init(name)
  }

  private init(_ name: String, keys: [String], readsText: Bool) {
    self.name = name
    self.keys = keys
    self.readsText = readsText
  }

  /// The text under a key of a JSON column: `metadata->>sha256`.
  package static func json(_ name: String, _ keys: String...) -> Column {
    Column(name, keys: keys, readsText: true)
  }

  /// What stands under a key of a JSON column, as it is: `metadata->bucket`.
  package static func jsonValue(_ name: String, _ keys: String...) -> Column {
    Column(name, keys: keys, readsText: false)
  }
}

/// A query that PostgREST would misread; it is not sent.
struct InvalidQuery: Error, Equatable {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}

extension Column {
  /// Parameters of the query that stand for themselves and hide columns of the same name.
  private static let reserved: Set<String> = [
    "select", "columns", "on_conflict", "order", "limit", "offset", "and", "or", "not",
  ]

  /// The column as a filter, an order or a selection names it, not yet percent-encoded. A name with a dot would mean an
  /// embedded table, which in an update or delete leaves the table itself without a filter.
  var expression: String {
    get throws(InvalidQuery) {
      var text = try plainName
      for (index, key) in keys.enumerated() {
        text += readsText && index == keys.count - 1 ? "->>" : "->"
        text += try Self.quoted(key)
      }
      return text
    }
  }

  /// The name alone, as lists of columns take it.
  var plainName: String {
    get throws(InvalidQuery) {
      guard Self.isPlainName(name), !Self.reserved.contains(name) else {
        throw InvalidQuery("not a column of the table itself: '\(MessageCleaner.clean(name))'")
      }
      return name
    }
  }

  /// Letters, digits and underscores: needs no quoting anywhere.
  static func isPlainName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      PercentEncoding.isUnreserved(byte) && ![UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "~")].contains(byte)
    }
  }

  private static func quoted(_ key: String) throws(InvalidQuery) -> String {
    if isPlainName(key) { return key }
    guard !key.isEmpty, !key.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
    else { throw InvalidQuery("a JSON key that cannot be named in a query") }
    return "\"\(key)\""
  }
}

extension [Column] {
  /// `a,b,c`, every entry checked.
  func expressions() throws(InvalidQuery) -> String {
    guard !isEmpty else { throw InvalidQuery("a list of columns is empty") }
    var texts: [String] = []
    for column in self { texts.append(try column.expression) }
    return texts.joined(separator: ",")
  }
}
