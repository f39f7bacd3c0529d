// What is not in the schema cache, and what comes nearest to it.

extension RowsError {
  static func tableNotFound(_ name: String, in catalog: Catalog) -> RowsError {
    let schema = RowsRequest.schema
    let nearest = closestMatch(to: name, in: catalog.tables.keys.sorted(), minimum: 0.75)
    return RowsError(
      status: 404, code: "PGRST205",
      message: "Could not find the table '\(schema).\(name)' in the schema cache",
      hint: nearest.map { .string("Perhaps you meant the table '\(schema).\($0)'") } ?? .null)
  }

  static func columnNotFound(_ column: String, of table: String) -> RowsError {
    RowsError(
      status: 400, code: "PGRST204",
      message: "Could not find the '\(column)' column of '\(table)' in the schema cache")
  }

  /// - Parameters:
  ///   - arguments: the names given.
  ///   - bodyType: of a POST; nil otherwise.
  static func functionNotFound(
    _ name: String, arguments: Set<String>, bodyType: MediaType?, in catalog: Catalog
  ) -> RowsError {
    let function = "\(RowsRequest.schema).\(name)"
    let names = arguments.sorted()
    let list = names.joined(separator: ", ")
    let parameters =
      names.isEmpty ? " without parameters" : " with parameter" + (names.count > 1 ? "s " : " ") + list
    let single = bodyType.flatMap { singleParameter[$0.name] }
    let searched =
      if let single {
        " with a single unnamed \(single) parameter"
      } else if bodyType == .json {
        parameters + " or with a single unnamed json/jsonb parameter"
      } else {
        parameters
      }
    var hint: String?
    if single == nil {
      let overloads = catalog.functions[name] ?? []
      if overloads.isEmpty {
        hint = closestMatch(to: name, in: catalog.functions.keys.sorted(), minimum: 0.75)
      } else {
        let signatures = overloads.map { "(" + $0.parameters.map(\.name).sorted().joined(separator: ", ") + ")" }
        hint = closestMatch(to: "(\(list))", in: signatures, minimum: 0.33).map { name + $0 }
      }
    }
    let shown = single != nil ? function : names.isEmpty ? function + " without parameters" : "\(function)(\(list))"
    return RowsError(
      status: 404, code: "PGRST202",
      message: "Could not find the function \(shown) in the schema cache",
      details: .string(
        "Searched for the function \(function)\(searched), but no matches were found in the schema cache."),
      hint: hint.map { .string("Perhaps you meant to call the function \(RowsRequest.schema).\($0)") } ?? .null)
  }

  static func ambiguousFunction(_ candidates: [CatalogFunction]) -> RowsError {
    let list = candidates.map { candidate in
      let parameters = candidate.parameters.map { "\($0.name) => \($0.type)" }.joined(separator: ", ")
      return "\(RowsRequest.schema).\(candidate.name)(\(parameters))"
    }
    return RowsError(
      status: 300, code: "PGRST203",
      message: "Could not choose the best candidate function between: " + list.joined(separator: ", "),
      hint: "Try renaming the parameters or the function itself in the database so function overloading can be resolved"
    )
  }

  private static let singleParameter = [
    MediaType.plainText.name: "text", MediaType.xml.name: "xml", MediaType.octets.name: "bytea",
  ]
}
