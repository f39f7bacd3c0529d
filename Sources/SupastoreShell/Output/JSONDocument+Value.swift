internal import FoundationEssentials
package import StorageCore

extension JSONDocument {
  /// JSON of a database column; members are sorted by their keys.
  package init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .integer(number)
    case .number(let number): self = .digits(number.description)
    case .extreme(let number): self = .number(number)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map { JSONDocument($0) })
    case .object(let members): self.init(members)
    }
  }

  package init(_ members: [String: JSONValue]) {
    self = .object(members.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: JSONDocument($0.value)) })
  }

  /// The members of two objects.
  package static func + (left: JSONDocument, right: JSONDocument) -> JSONDocument {
    guard case .object(let first) = left, case .object(let second) = right else {
      preconditionFailure("only objects have members")
    }
    return .object(first + second)
  }

  /// The last line of a list.
  package static func page(_ listing: Listing) -> JSONDocument {
    ["type": "page", "next": JSONDocument(listing.next?.description), "total": JSONDocument(listing.total)]
  }
}
