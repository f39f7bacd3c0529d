/// Finds the overload of a function that takes the arguments given.
struct FunctionChoice {
  var name: String
  var arguments: Set<String>
  /// Of a POST; nil otherwise.
  var bodyType: MediaType?

  func function(in catalog: Catalog) throws(RowsError) -> CatalogFunction {
    let overloads = catalog.functions[name] ?? []
    let named = overloads.filter(takesArguments)
    let candidates = named.isEmpty ? overloads.filter { !takesArguments($0) && takesBody($0) } : named
    guard let first = candidates.first else {
      throw .functionNotFound(name, arguments: arguments, bodyType: bodyType, in: catalog)
    }
    guard candidates.count == 1 else { throw .ambiguousFunction(candidates) }
    return first
  }

  private func takesArguments(_ function: CatalogFunction) -> Bool {
    if function.parameters.isEmpty {
      let isOneValue = bodyType == .octets || bodyType == .plainText || bodyType == .xml
      return arguments.isEmpty && !isOneValue
    }
    let required = Set(function.parameters.filter(\.isRequired).map(\.name))
    let optional = Set(function.parameters.filter { !$0.isRequired }.map(\.name))
    return arguments.subtracting(optional) == required
  }

  /// Whether the whole body is the function's one argument.
  private func takesBody(_ function: CatalogFunction) -> Bool {
    guard function.parameters.count == 1, function.parameters[0].name.isEmpty else { return false }
    switch (bodyType, function.parameters[0].type) {
    case (.json?, "json"), (.json?, "jsonb"), (.plainText?, "text"), (.xml?, "xml"), (.octets?, "bytea"): return true
    default: return false
    }
  }
}
