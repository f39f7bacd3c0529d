/// Something that a query parameter says of an embedded resource.
struct EmbedParameter: Equatable, Sendable {
  enum Value: Equatable, Sendable {
    case condition(LogicTree)
    case order([OrderTerm])
    case range(RowRange)
  }

  /// The names or aliases that lead to it from the request's table; not empty.
  var path: [String]
  var value: Value
}
