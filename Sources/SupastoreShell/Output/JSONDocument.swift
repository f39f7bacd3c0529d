internal import StorageFormats

/// A JSON value to print. Members keep their order.
///
/// ```swift
/// let line: JSONDocument = ["type": "file", "size_bytes": 5, "sha256": .null]
/// ```
package enum JSONDocument: Hashable, Sendable {
  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: JSONDocument

    package init(name: String, value: JSONDocument) {
      self.name = name
      self.value = value
    }
  }

  case object([Member])
  case array([JSONDocument])
  case string(String)
  case integer(Int64)
  case number(Double)
  /// A number that a `Double` might round, as JSON writes it.
  case digits(String)
  case bool(Bool)
  case null

  package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  package init(_ number: (some BinaryInteger)?) { self = number.map { .integer(Int64(clamping: $0)) } ?? .null }
}

extension JSONDocument: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  package init(dictionaryLiteral elements: (String, JSONDocument)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
  package init(arrayLiteral elements: JSONDocument...) { self = .array(elements) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONDocument {
  /// Of docs/json.md. Raised when a key goes away or changes its meaning; keys are added without.
  package static let contractVersion = 1

  /// On one line, in UTF-8. Control characters are escaped, also those that JSON would let through, so the text is
  /// harmless to a terminal.
  package var line: String {
    var writer = JSONWriter(forTerminals: true)
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func write(to writer: inout JSONWriter) {
    switch self {
    case .object(let members):
      writer.beginObject()
      for member in members {
        writer.key(member.name)
        member.value.write(to: &writer)
      }
      writer.endObject()
    case .array(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    case .string(let string): writer.value(string)
    case .integer(let number): writer.value(number)
    case .number(let number): writer.raw((number.isFinite ? number.description : "null").utf8)
    case .digits(let digits): writer.raw(digits.utf8)
    case .bool(let flag): writer.value(flag)
    case .null: writer.null()
    }
  }
}
