/// Header fields in the order and spelling they were sent; names compare without regard to ASCII case.
package struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
  /// Values are decoded as Latin-1: one scalar a byte, so that no byte is lost.
  package private(set) var fields: [(name: String, value: String)]

  package init(_ fields: [(name: String, value: String)] = []) {
    self.fields = fields
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { (name: $0.0, value: $0.1) }
  }

  /// The first field of that name. Setting replaces all fields of that name; setting nil removes them.
  package subscript(name: String) -> String? {
    get {
      fields.first { Self.isSame($0.name, name) }?.value
    }
    set {
      fields.removeAll { Self.isSame($0.name, name) }
      if let newValue { fields.append((name, newValue)) }
    }
  }

  /// The values of every field of that name, in order.
  package func all(_ name: String) -> [String] {
    fields.lazy.filter { Self.isSame($0.name, name) }.map(\.value)
  }

  package mutating func add(_ name: String, _ value: String) {
    fields.append((name, value))
  }

  /// Field names are ASCII: letters that differ in bit 5 alone are the same.
  private static func isSame(_ one: String, _ other: String) -> Bool {
    let (one, other) = (one.utf8, other.utf8)
    return one.count == other.count
      && zip(one, other).allSatisfy { a, b in
        a == b || (a | 0x20 == b | 0x20 && (0x61...0x7A).contains(a | 0x20))
      }
  }
}
