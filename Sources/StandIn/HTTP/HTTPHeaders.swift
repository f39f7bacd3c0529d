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
      let wanted = name.lowercased()
      return fields.first { $0.name.lowercased() == wanted }?.value
    }
    set {
      let wanted = name.lowercased()
      fields.removeAll { $0.name.lowercased() == wanted }
      if let newValue { fields.append((name, newValue)) }
    }
  }

  /// The values of every field of that name, in order.
  package func all(_ name: String) -> [String] {
    let wanted = name.lowercased()
    return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
  }

  package mutating func add(_ name: String, _ value: String) {
    fields.append((name, value))
  }
}
