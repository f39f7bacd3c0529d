/// Bodies of JSON routes, read by the rules of the real server's framework.
enum JSONBody {
  /// Bytes of a JSON body that are still accepted.
  static let byteLimit = 1_048_576

  /// The value of the body; nil when there is none or when it is not JSON by its Content-Type.
  ///
  /// - Parameter allowsEmpty: an empty body of type JSON counts as none rather than as an error.
  static func json(of request: HTTPRequest, allowsEmpty: Bool = false) throws -> JSON? {
    guard let contentType = request.headers["content-type"], !contentType.isEmpty else { return nil }
    let essence = try essence(of: contentType)
    guard essence == "application/json" else { return nil }
    guard let bytes = try request.body.readAll(limit: byteLimit) else {
      throw StorageError(
        status: 413, error: "FastifyError", message: "Request body is too large", code: "EntityTooLarge",
        httpStatus: 413, closesConnection: true)
    }
    if bytes.isEmpty {
      if allowsEmpty { return nil }
      throw refusal("Body cannot be empty when content-type is set to 'application/json'")
    }
    guard let value = JSON(parsing: bytes, loneSurrogates: .replaced), !pollutesPrototype(value) else {
      if allowsEmpty { return nil }
      throw refusal("Body is not valid JSON but content-type is set to 'application/json'")
    }
    return value
  }

  private static func refusal(_ message: String) -> StorageError {
    StorageError(status: 400, error: "FastifyError", message: message, code: "InvalidRequest", closesConnection: true)
  }

  /// Type and subtype in lower case; throws when the header is malformed.
  static func essence(of contentType: String) throws(StorageError) -> String {
    let essence = contentType.prefix { $0 != ";" }.lowercased()
    let trimmed = essence.drop { $0 == " " || $0 == "\t" }
    let halves = trimmed.split(separator: "/", omittingEmptySubsequences: false)
    let last = halves.last.map { String($0.reversed().drop { $0 == " " || $0 == "\t" }.reversed()) } ?? ""
    guard halves.count == 2, isToken(halves[0]), isToken(last[...]) else { throw .invalidContentType }
    return "\(halves[0])/\(last)"
  }

  private static func isToken(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || "!#$%&'*+-.^_`|~".utf8.contains($0)
      }
  }

  /// The framework refuses members that could reach JavaScript's prototypes.
  private static func pollutesPrototype(_ value: JSON) -> Bool {
    switch value {
    case .array(let elements): elements.contains(where: pollutesPrototype)
    case .object(let members):
      members.contains {
        $0.name == "__proto__" || ($0.name == "constructor" && $0.value["prototype"] != nil)
          || pollutesPrototype($0.value)
      }
    case .null, .bool, .number, .string, .text: false
    }
  }
}
