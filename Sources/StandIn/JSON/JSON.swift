/// A JSON value. Objects keep the order of their members; numbers are doubles, as in JavaScript.
enum JSON: Equatable, Sendable {
  struct Member: Equatable, Sendable {
    var name: String
    var value: JSON
  }

  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])
  /// JSON text that is sent as it is, less its blanks: a `jsonb` column.
  case text(String)

  /// A string, or null.
  static func optional(_ string: String?) -> JSON {
    string.map(JSON.string) ?? .null
  }

  /// An object whose members are sorted by name.
  static func sorted(_ members: [String: JSON]) -> JSON {
    .object(members.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: $0.value) })
  }

  /// The member of that name; nil when this is no object or has none. Setting changes an object only.
  subscript(name: String) -> JSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.name == name }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  /// The text of a string value.
  var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The number as an integer, clamped to what `Int` holds.
  var integer: Int? {
    guard case .number(let number) = self, number.isFinite else { return nil }
    return Int(exactly: number.rounded()) ?? (number > 0 ? Int.max : Int.min)
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  init(stringLiteral value: String) { self = .string(value) }

  init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }

  init(arrayLiteral elements: JSON...) { self = .array(elements) }
}
