/// A query string understood.
struct QueryParameters: Equatable {
  /// Empty for everything.
  private(set) var select: [SelectItem] = []
  private(set) var order: [OrderTerm] = []
  private(set) var filters: [Filter] = []
  private(set) var logic: [LogicTree] = []
  private(set) var columns: Set<String>?
  private(set) var onConflict: [String]?
  /// `limit` and `offset`.
  private(set) var range = RowRange.all
  /// What a function called by GET is given.
  private(set) var arguments: [Argument] = []
  /// The keys of all filters and arguments, as sent.
  private(set) var filterKeys: Set<String> = []
  /// What is said of embedded resources, in the order in which the server attaches it to them.
  private(set) var embedded: [EmbedParameter] = []
  /// The encoded form that Content-Location shows.
  let canonical: String

  /// Filters and logic trees.
  var conditions: [LogicTree] { filters.map { .filter($0) } + logic }

  struct Argument: Equatable {
    var name: String
    var value: String
  }

  /// - Parameter isReadingCall: parameters without an operator are arguments of a function.
  init(_ query: QueryString, isReadingCall: Bool) throws(RowsError) {
    canonical = query.canonical
    let decoded = try query.decoded()
    let given = decoded.compactMap { name, value in value.map { (name: name, value: $0) } }
    func first(_ name: String) -> String? { decoded.first { $0.name == name }?.value }
    func ending(in words: String...) -> [(name: String, value: String)] {
      given.filter { words.contains(Self.lastWord($0.name)) }
    }

    var orders: [EmbedParameter] = []
    for (name, value) in ending(in: "order") {
      let (path, _) = try Self.parse(RowsGrammar.treePath, name, "tree path")
      let terms = try Self.parse(RowsGrammar.order, value, "order")
      if !path.isEmpty {
        orders.append(EmbedParameter(path: path, value: .order(terms)))
      } else if order.isEmpty {
        order = terms
      }
    }
    var logicOfEmbeds: [EmbedParameter] = []
    for (name, value) in ending(in: "and", "or") {
      let (path, joining) = try Self.parse(RowsGrammar.logicPath, name, "logic path")
      let tree = try Self.parse(RowsGrammar.logicTree, joining + value, "logic tree", shown: value)
      if path.isEmpty {
        logic.append(tree)
      } else {
        logicOfEmbeds.append(EmbedParameter(path: path, value: .condition(tree)))
      }
    }
    if let text = first("columns") { columns = Set(try Self.parse(RowsGrammar.columns, text, "columns parameter")) }
    if let text = first("select") { select = try Self.parse(RowsGrammar.selectList, text, "select parameter") }

    if let text = first("on_conflict") {
      onConflict = try Self.parse(RowsGrammar.columns, text, "on_conflict parameter")
    }
    func range(prefix: String) -> RowRange {
      RowRange(
        limit: given.last { $0.name == prefix + "limit" }?.value,
        offset: given.last { $0.name == prefix + "offset" }?.value)
    }
    self.range = range(prefix: "")
    var ranges: [EmbedParameter] = []
    var limited: Set<[String]> = []
    for (name, _) in ending(in: "limit", "offset") where name.contains(".") {
      let (path, field) = try Self.parse(RowsGrammar.treePath, name, "tree path")
      guard limited.insert(path).inserted else { continue }
      ranges.append(
        EmbedParameter(path: path, value: .range(range(prefix: String(name.dropLast(field.name.utf8.count))))))
    }
    let filtersOfEmbeds = try takeFilters(given, isReadingCall: isReadingCall)
    embedded = filtersOfEmbeds.reversed() + orders.reversed() + ranges + logicOfEmbeds.reversed()
  }

  /// Everything that is no word of PostgREST's own is a filter, or an argument of a function.
  /// - Returns: those of embedded tables.
  private mutating func takeFilters(
    _ given: [(name: String, value: String)], isReadingCall: Bool
  ) throws(RowsError) -> [EmbedParameter] {
    var filtersOfEmbeds: [EmbedParameter] = []
    let reserved = ["order", "limit", "offset", "and", "or"]
    for (name, value) in given
    where !reserved.contains(Self.lastWord(name)) && !["select", "columns", "on_conflict"].contains(name) {
      filterKeys.insert(name)
      let (path, field) = try Self.parse(RowsGrammar.treePath, name, "tree path")
      var condition = RowsGrammar.condition(value: RowsGrammar.plainValue).map(Condition?.some)
      if isReadingCall { condition = condition.or(.value(nil)) }
      guard let condition = try Self.parse(condition, value, "filter") else {
        arguments.append(Argument(name: field.name, value: value))
        continue
      }
      let filter = Filter(field: field, condition: condition)
      if path.isEmpty {
        filters.append(filter)
      } else {
        filtersOfEmbeds.append(EmbedParameter(path: path, value: .condition(.filter(filter))))
      }
    }
    return filtersOfEmbeds
  }

  private static func lastWord(_ name: String) -> String {
    String(name.split(separator: ".", omittingEmptySubsequences: false).last ?? "")
  }

  private static func parse<Value>(
    _ parser: TextParser<Value>, _ text: String, _ what: String, shown: String? = nil
  ) throws(RowsError) -> Value {
    switch parser.parse(text) {
    case .success(let value): return value
    case .failure(let failure):
      throw .unreadableQuery(
        "\"failed to parse \(what) (\(shown ?? text))\" \(failure.place)", details: failure.error.details)
    }
  }
}
