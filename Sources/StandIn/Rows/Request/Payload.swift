/// The body of a write or a function call.
enum Payload: Equatable, Sendable {
  /// JSON that was looked through: an object, or objects with the same keys.
  case json([UInt8], keys: Set<String>)
  /// JSON that PostgreSQL will look through, of which only `columns` count.
  case unread([UInt8], columns: Set<String>)
  /// The fields of a form: arguments of a function.
  case form([(name: String, value: String)])
  /// The one argument of a function.
  case single([UInt8])

  /// The columns to write, or the arguments given.
  var keys: Set<String> {
    switch self {
    case .json(_, let keys): keys
    case .unread(_, let columns): columns
    case .form(let fields): Set(fields.map(\.name))
    case .single: []
    }
  }

  /// Empty for a form.
  var bytes: [UInt8] {
    switch self {
    case .json(let bytes, _), .unread(let bytes, _), .single(let bytes): bytes
    case .form: []
    }
  }

  static func == (left: Payload, right: Payload) -> Bool {
    left.bytes == right.bytes && left.keys == right.keys
  }

  /// - Parameter columns: as the query string names them.
  init(_ body: [UInt8], type: MediaType, columns: Set<String>?, isCall: Bool) throws(RowsError) {
    switch type {
    case .json:
      if let columns {
        self = .unread(body, columns: columns)
      } else if body.isEmpty, isCall {
        self = .json(Array("{}".utf8), keys: [])
      } else {
        self = try Self.checked(body)
      }
    case .form:
      let fields = try QueryString(body).decoded().map { (name: $0.name, value: $0.value ?? "") }
      if isCall {
        self = .form(fields)
      } else {
        let members = Dictionary(fields.map { ($0.name, JSON.string($0.value)) }) { $1 }
        self = .json(JSON.sorted(members).bytes, keys: Set(members.keys))
      }
    case .plainText where isCall, .xml where isCall, .octets where isCall:
      self = .single(body)
    default:
      throw .invalidBody("Content-Type not acceptable: \(type.name)")
    }
  }

  private static func checked(_ body: [UInt8]) throws(RowsError) -> Payload {
    let payload: Payload?
    do throws(JSONReader.Malformed) { payload = try looked(through: body) } catch {
      throw .invalidBody("Empty or invalid json")
    }
    guard let payload else { throw .invalidBody("All object keys must match") }
    return payload
  }

  /// nil when objects have different keys.
  private static func looked(through body: [UInt8]) throws(JSONReader.Malformed) -> Payload? {
    var reader = JSONReader(body)
    let keys: Set<String>?
    var bytes = body
    switch try reader.peek() {
    case UInt8(ascii: "{"): keys = try reader.readKeys()
    case UInt8(ascii: "["): keys = try reader.readCommonKeys()
    default:
      // Neither: as if no object had been sent.
      try reader.skipValue()
      keys = []
      bytes = Array("[]".utf8)
    }
    try reader.expectEnd()
    return keys.map { .json(bytes, keys: $0) }
  }
}

extension JSONReader {
  fileprivate mutating func readKeys() throws(Malformed) -> Set<String> {
    var keys: Set<String> = []
    try readObject { reader, key throws(Malformed) in
      keys.insert(key)
      try reader.skipValue()
    }
    return keys
  }

  /// The keys that all objects of an array have; nil when they differ, or when an element is no object.
  fileprivate mutating func readCommonKeys() throws(Malformed) -> Set<String>? {
    var common: Set<String>?
    var agree = true
    try readArray { reader throws(Malformed) in
      guard try reader.peek() == UInt8(ascii: "{") else {
        agree = false
        return try reader.skipValue()
      }
      let keys = try reader.readKeys()
      if let common, common != keys { agree = false }
      common = common ?? keys
    }
    return agree ? common ?? [] : nil
  }
}
