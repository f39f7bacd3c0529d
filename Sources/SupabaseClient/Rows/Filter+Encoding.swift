internal import StorageFormats

extension Filter {
  /// The query parameter that states this filter, not yet percent-encoded.
  var parameter: (name: String, value: String) {
    get throws(InvalidQuery) { try parameter(negated: false) }
  }

  private func parameter(negated: Bool) throws(InvalidQuery) -> (name: String, value: String) {
    let not = negated ? "not." : ""
    switch self {
    case .not(let filter):
      return try filter.parameter(negated: !negated)
    case .any(let filters):
      return ("\(not)or", "(\(try Self.items(filters)))")
    case .all(let filters):
      return ("\(not)and", "(\(try Self.items(filters)))")
    case .compare(let column, _, _), .text(let column, _), .isOneOf(let column, _), .isNull(let column),
      .contains(let column, _):
      // Outside of groups the whole rest of the parameter is the value: quotes would be part of it.
      return (try column.expression, "\(not)\(try operation { $0 })")
    }
  }

  private static func items(_ filters: [Filter]) throws(InvalidQuery) -> String {
    guard !filters.isEmpty else { throw InvalidQuery("a group of filters is empty") }
    var items: [String] = []
    for filter in filters { items.append(try filter.item(negated: false)) }
    return items.joined(separator: ",")
  }

  /// The filter as a member of a group.
  private func item(negated: Bool) throws(InvalidQuery) -> String {
    let not = negated ? "not." : ""
    switch self {
    case .not(let filter):
      return try filter.item(negated: !negated)
    case .any(let filters):
      return "\(not)or(\(try Self.items(filters)))"
    case .all(let filters):
      return "\(not)and(\(try Self.items(filters)))"
    case .compare(let column, _, _), .text(let column, _), .isOneOf(let column, _), .isNull(let column),
      .contains(let column, _):
      return "\(try column.expression).\(not)\(try operation(Self.quote))"
    }
  }

  /// `operator.value` of a filter on one column.
  private func operation(_ quoting: (String) -> String) throws(InvalidQuery) -> String {
    switch self {
    case .compare(_, let comparison, let value):
      return "\(comparison.rawValue).\(quoting(try Self.checked(value)))"
    case .text(_, let pattern):
      let (name, value) = pattern.operation
      return "\(name).\(quoting(try Self.checked(value)))"
    // The server reads a list of one empty string as an empty list.
    case .isOneOf(_, [""]):
      return "eq.\(quoting(""))"
    case .isOneOf(_, let values):
      var items: [String] = []
      for value in values { items.append(Self.quote(try Self.checked(value))) }
      return "in.(\(items.joined(separator: ",")))"
    case .isNull:
      return "is.null"
    case .contains(_, let value):
      var writer = JSONWriter()
      value.write(to: &writer)
      return "cs.\(quoting(try Self.checked(String(decoding: writer.bytes, as: UTF8.self))))"
    case .any, .all, .not:
      throw InvalidQuery("a group of filters is no condition on one column")
    }
  }

  /// Lists and groups are always quoted: commas, brackets and quotes then mean themselves.
  static func quote(_ value: String) -> String {
    var quoted = "\""
    for scalar in value.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// The database would cut the value at a NUL and match something else.
  private static func checked(_ value: String) throws(InvalidQuery) -> String {
    guard !value.utf8.contains(0) else { throw InvalidQuery("a value with a NUL character") }
    return value
  }
}
