/// A request schema with the coercions and messages of the real server's validator (Ajv): `"10"` becomes 10, 123
/// becomes `"123"`, a single value an array, and members that no schema names are let through.
indirect enum RequestSchema: Sendable {
  struct Violation: Error {
    var message: String
  }

  case string(allowed: [String] = [])
  case integer(minimum: Double)
  case boolean
  case array(of: RequestSchema, count: ClosedRange<Int> = 0...Int.max)
  case object(properties: KeyValuePairs<String, RequestSchema>, required: [String] = [], anyOf: [String] = [])
  case nullable(RequestSchema)
  /// Bytes as an integer, or as text with a unit.
  case byteCount

  /// The value, coerced. `place` is what a message begins with: `body`, then a JSON pointer.
  func coerce(_ value: JSON, at place: String) throws(Violation) -> JSON {
    switch self {
    case .string(let allowed):
      guard let string = Self.string(value) else { throw Violation(message: "\(place) must be string") }
      guard allowed.isEmpty || allowed.contains(string) else {
        throw Violation(message: "\(place) must be equal to one of the allowed values")
      }
      return .string(string)
    case .integer(let minimum):
      guard let number = Self.integer(value) else { throw Violation(message: "\(place) must be integer") }
      guard number >= minimum else {
        throw Violation(message: "\(place) must be >= \(JSON.description(of: minimum))")
      }
      return .number(number)
    case .boolean:
      guard let bool = Self.boolean(value) else { throw Violation(message: "\(place) must be boolean") }
      return .bool(bool)
    case .array(let element, let count):
      return try Self.array(value, of: element, count: count, at: place)
    case .object(let properties, let required, let anyOf):
      return try Self.object(value, properties, required: required, anyOf: anyOf, at: place)
    case .nullable(let schema):
      if value == .null { return .null }
      return try schema.coerce(value, at: place)
    case .byteCount:
      return try Self.byteCount(value, at: place)
    }
  }

  /// An array of one element stands for the element.
  private static func single(_ value: JSON) -> JSON {
    if case .array(let elements) = value, elements.count == 1 { elements[0] } else { value }
  }

  private static func string(_ value: JSON) -> String? {
    switch single(value) {
    case .string(let string): string
    case .number(let number): JSON.description(of: number)
    case .bool(let bool): bool ? "true" : "false"
    case .null: ""
    case .array, .object, .text: nil
    }
  }

  private static func integer(_ value: JSON) -> Double? {
    let number: Double? =
      switch single(value) {
      case .number(let number): number
      case .bool(let bool): bool ? 1 : 0
      case .null: 0
      case .string(let string):
        string.isEmpty
          ? nil : Double(String(string.trimmingPrefix { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
      case .array, .object, .text: nil
      }
    guard let number, number.isFinite, number == number.rounded() else { return nil }
    return number
  }

  private static func boolean(_ value: JSON) -> Bool? {
    switch single(value) {
    case .bool(let bool): bool
    case .string("true"), .number(1): true
    case .string("false"), .number(0), .null: false
    case .string, .number, .array, .object, .text: nil
    }
  }

  private static func array(
    _ value: JSON, of element: RequestSchema, count: ClosedRange<Int>, at place: String
  ) throws(Violation) -> JSON {
    let elements: [JSON]
    switch value {
    case .array(let given): elements = given
    case .object, .text: throw Violation(message: "\(place) must be array")
    case .null, .bool, .number, .string: elements = [value]
    }
    guard elements.count <= count.upperBound else {
      throw Violation(message: "\(place) must NOT have more than \(count.upperBound) items")
    }
    guard elements.count >= count.lowerBound else {
      throw Violation(message: "\(place) must NOT have fewer than \(count.lowerBound) items")
    }
    var coerced: [JSON] = []
    coerced.reserveCapacity(elements.count)
    for (index, given) in elements.enumerated() {
      coerced.append(try element.coerce(given, at: "\(place)/\(index)"))
    }
    return .array(coerced)
  }

  private static func object(
    _ value: JSON, _ properties: KeyValuePairs<String, RequestSchema>, required: [String], anyOf: [String],
    at place: String
  ) throws(Violation) -> JSON {
    guard case .object(var members) = single(value) else { throw Violation(message: "\(place) must be object") }
    let names = Set(members.map(\.name))
    if !anyOf.isEmpty, names.isDisjoint(with: anyOf) {
      let missing = anyOf.map { "\(place) must have required property '\($0)'" }
      throw Violation(message: (missing + ["\(place) must match a schema in anyOf"]).joined(separator: ", "))
    }
    for name in required where !names.contains(name) {
      throw Violation(message: "\(place) must have required property '\(name)'")
    }
    for (name, schema) in properties {
      guard let index = members.firstIndex(where: { $0.name == name }) else { continue }
      members[index].value = try schema.coerce(members[index].value, at: "\(place)/\(name)")
    }
    return .object(members)
  }

  private static func byteCount(_ value: JSON, at place: String) throws(Violation) -> JSON {
    let value = single(value)
    if value == .null || value == .string("") { return .null }
    var complaints: [String]
    if let number = integer(value) {
      if number >= 0 { return .number(number) }
      complaints = ["must be >= 0"]
    } else {
      complaints = ["must be integer"]
      if case .string(let text) = value {
        if ByteCount(text) != nil { return value }
        complaints.append(#"must pass "finite" keyword validation"#)
      }
    }
    complaints += [
      #"must match pattern "^[0-9]+(?:\.[0-9]+)?(?:[gG][bB]|[mM][bB]|[kK][bB]|[bB])$""#,
      "must match a schema in anyOf",
    ]
    throw Violation(message: complaints.map { "\(place) \($0)" }.joined(separator: ", "))
  }
}
