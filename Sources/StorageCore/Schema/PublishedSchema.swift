internal import StorageFormats
internal import StorageModel

/// What PostgREST tells of the database in its OpenAPI document.
struct PublishedSchema {
  private(set) var items: [SchemaItem] = []

  init(_ document: JSONValue) {
    for (table, definition) in Self.members(document["definitions"]) {
      items.append(SchemaItem(kind: .table, relation: table, name: table))
      let required = Set(Self.strings(definition["required"]))
      for (column, description) in Self.members(definition["properties"]) {
        let type = description["format"]?.string ?? ""
        items.append(
          SchemaItem(
            kind: .column, relation: table, name: column,
            properties: [
              "type": type, "nullable": required.contains(column) ? "no" : "yes",
              "default": description["default"]?.string ?? "",
            ]))
        // The type's name with its schema, unless that is in the search path.
        let name = type.hasPrefix("public.") ? String(type.dropFirst(7)) : type
        items += Self.strings(description["enum"]).map { SchemaItem(kind: .enumLabel, relation: name, name: $0) }
      }
    }
    for (path, _) in Self.members(document["paths"]) where path.hasPrefix("/rpc/") {
      items.append(SchemaItem(kind: .function, relation: nil, name: String(path.dropFirst(5))))
    }
  }

  private static func members(_ value: JSONValue?) -> [(key: String, value: JSONValue)] {
    guard case .object(let members)? = value else { return [] }
    return members.sorted { $0.key < $1.key }
  }

  private static func strings(_ value: JSONValue?) -> [String] {
    guard case .array(let elements)? = value else { return [] }
    return elements.compactMap(\.string)
  }

  /// What of the expected items such a document shows, and of these what it shows of each.
  func visible(of expected: [SchemaItem]) -> [SchemaItem] {
    let types = Set(items.lazy.filter { $0.kind == .enumLabel }.map(\.relation))
    return expected.compactMap { item in
      var item = item
      switch item.kind {
      case .table: item.properties = [:]
      case .column:
        item.properties["identity"] = nil
        // Values of JSON are left out; those of strings have no quotes.
        let isJSON = item.properties["type"] == "jsonb"
        item.properties["default"] = isJSON ? nil : item.properties["default"]?.replacing("'", with: "")
      case .enumLabel: if !types.contains(item.relation) { return nil }
      case .function:
        // It is the service role that asks.
        if item.properties["executable_by"] != "service_role" { return nil }
        item.properties = [:]
      case .constraint, .index, .trigger: return nil
      }
      return item
    }
  }
}
