/// What a path names.
enum RequestedResource: Equatable, Sendable {
  case root
  case table(String)
  case function(String)

  /// - Parameter path: as sent, encoded.
  init(path: some Collection<UInt8>) throws(RowsError) {
    let path = path.first == UInt8(ascii: "/") ? path.dropFirst() : path[...]
    let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
      String(decoding: percentDecoded($0), as: UTF8.self)
    }
    switch (segments.count, segments.first) {
    case (1, ""): self = .root
    case (1, let table?): self = .table(table)
    case (2, "rpc"): self = .function(segments[1])
    default: throw .invalidPath
    }
  }
}

/// What a method on a resource asks for.
enum RequestedAction: Equatable, Sendable {
  case read(table: String, headersOnly: Bool)
  case insert(table: String)
  case upsertOne(table: String)
  case update(table: String)
  case delete(table: String)
  case describeTable(String)
  /// `isReading`: by GET or HEAD.
  case call(function: String, isReading: Bool, headersOnly: Bool)
  case describeFunction(String)
  case describeAPI(headersOnly: Bool)
  case describeRoot

  init(method: String, on resource: RequestedResource) throws(RowsError) {
    switch resource {
    case .root: self = try Self.onRoot(method)
    case .table(let name): self = try Self.onTable(name, method)
    case .function(let name): self = try Self.onFunction(name, method)
    }
  }

  private static func onRoot(_ method: String) throws(RowsError) -> RequestedAction {
    switch method {
    case "GET": .describeAPI(headersOnly: false)
    case "HEAD": .describeAPI(headersOnly: true)
    case "OPTIONS": .describeRoot
    default: throw .unsupportedMethod(method)
    }
  }

  private static func onTable(_ table: String, _ method: String) throws(RowsError) -> RequestedAction {
    switch method {
    case "GET": .read(table: table, headersOnly: false)
    case "HEAD": .read(table: table, headersOnly: true)
    case "POST": .insert(table: table)
    case "PUT": .upsertOne(table: table)
    case "PATCH": .update(table: table)
    case "DELETE": .delete(table: table)
    case "OPTIONS": .describeTable(table)
    default: throw .unsupportedMethod(method)
    }
  }

  private static func onFunction(_ function: String, _ method: String) throws(RowsError) -> RequestedAction {
    switch method {
    case "GET": .call(function: function, isReading: true, headersOnly: false)
    case "HEAD": .call(function: function, isReading: true, headersOnly: true)
    case "POST": .call(function: function, isReading: false, headersOnly: false)
    case "OPTIONS": .describeFunction(function)
    default: throw .invalidCallMethod(method)
    }
  }

  var isReadingCall: Bool {
    switch self {
    case .call(_, let isReading, _): isReading
    case .describeFunction: true
    case .read, .insert, .upsertOne, .update, .delete, .describeTable, .describeAPI, .describeRoot: false
    }
  }

  /// Whether the table or the function's result is changed through it.
  var isTableWrite: Bool {
    switch self {
    case .insert, .upsertOne, .update, .delete: true
    case .read, .describeTable, .call, .describeFunction, .describeAPI, .describeRoot: false
    }
  }
}
