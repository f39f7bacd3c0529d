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
  /// The first resource that a filter, an order or a logic tree is meant for, in this order.
  private(set) var embedded: String?
  /// The first resource that has a limit of its own.
  private(set) var limitedResource: String?
  /// The encoded form that Content-Location shows.
  let canonical: String

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

    var resources: [String] = []
    for (name, value) in ending(in: "order") {
      let (path, _) = try Self.parse(RowsGrammar.treePath, name, "tree path")
      let terms = try Self.parse(RowsGrammar.order, value, "order")
      if let resource = path.first { resources.append(resource) } else { order = terms }
    }
    var logicResources: [String] = []
    for (name, value) in ending(in: "and", "or") {
      let (path, joining) = try Self.parse(RowsGrammar.logicPath, name, "logic path")
      let tree = try Self.parse(RowsGrammar.logicTree, joining + value, "logic tree", shown: value)
      if let resource = path.first { logicResources.append(resource) } else { logic.append(tree) }
    }
    if let text = first("columns") { columns = Set(try Self.parse(RowsGrammar.columns, text, "columns parameter")) }
    if let text = first("select") { select = try Self.parse(RowsGrammar.selectList, text, "select parameter") }

    var filterResources: [String] = []
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
      if let resource = path.first {
        filterResources.append(resource)
      } else {
        filters.append(Filter(field: field, condition: condition))
      }
    }
    if let text = first("on_conflict") {
      onConflict = try Self.parse(RowsGrammar.columns, text, "on_conflict parameter")
    }
    embedded = (filterResources + resources + logicResources).first
    range = RowRange(
      limit: given.last { $0.name == "limit" }?.value, offset: given.last { $0.name == "offset" }?.value)
    limitedResource = ending(in: "limit", "offset").first { $0.name.contains(".") }
      .map { String($0.name.prefix { $0 != "." }) }
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
