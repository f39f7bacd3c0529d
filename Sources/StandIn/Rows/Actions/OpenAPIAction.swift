/// GET of the root: what the role may use, as a Swagger 2.0 document.
struct OpenAPIAction {
  let request: RowsRequest
  let catalog: Catalog
  let database: RowsDatabase

  func response(headersOnly: Bool) throws(RowsError) -> HTTPResponse {
    let isAccepted = request.accepted.contains { $0 == .openAPI || $0 == .json || $0 == .any }
    guard isAccepted else { throw .notAcceptable(request.accepted) }
    let transaction = RowsTransaction(database: database, request: request, catalog: catalog)
    let (tables, functions) = try transaction.run(readOnly: true) { session throws(RowsError) in
      func names(_ start: String, _ end: String) throws(RowsError) -> [String] {
        var sql = SQLText(start)
        sql.bind(RowsRequest.schema)
        sql += end
        return try session.query(sql).rows.compactMap { $0.first ?? nil }
      }
      return (
        try names(
          "SELECT relname FROM pg_class WHERE relnamespace = ",
          "::regnamespace AND has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE')"
        ).compactMap { catalog.tables[$0] },
        try names(
          "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = ",
          "::regnamespace AND has_function_privilege(oid, 'EXECUTE')"
        ).filter { catalog.functions[$0] != nil }
      )
    }
    var headers: HTTPHeaders = ["Content-Type": MediaType.openAPI.contentType]
    if let profile = request.profile { headers.add("Content-Profile", profile) }
    return HTTPResponse(
      status: 200, reason: reasonPhrase(200), headers: headers,
      body: headersOnly ? .none : .bytes(document(tables, functions).bytes))
  }

  private func document(_ tables: [CatalogTable], _ functions: [String]) -> JSON {
    var paths: [String: JSON] = ["/": ["get": Self.operation("Introspection")]]
    var definitions: [String: JSON] = [:]
    for table in tables {
      var methods: [String: JSON] = ["get": Self.operation(table.name)]
      if table.isInsertable { methods["post"] = Self.operation(table.name) }
      if table.isUpdatable { methods["patch"] = Self.operation(table.name) }
      if table.isDeletable { methods["delete"] = Self.operation(table.name) }
      paths["/" + table.name] = .sorted(methods)
      definitions[table.name] = Self.definition(table)
    }
    for name in functions { paths["/rpc/" + name] = ["post": Self.operation("(rpc) " + name)] }
    return [
      "swagger": "2.0",
      "info": [
        "title": "PostgREST API", "description": "The tables and functions of this database",
        "version": .string(RowsService.version),
      ],
      "basePath": "/", "schemes": ["http"], "consumes": ["application/json"], "produces": ["application/json"],
      "paths": .sorted(paths), "definitions": .sorted(definitions),
    ]
  }

  private static func operation(_ tag: String) -> JSON {
    ["tags": [.string(tag)], "responses": ["200": ["description": "OK"]]]
  }

  private static func definition(_ table: CatalogTable) -> JSON {
    var properties: [String: JSON] = [:]
    for column in table.columns {
      var property: [String: JSON] = ["format": .string(column.type)]
      if let type = jsonType(column.type) { property["type"] = .string(type) }
      if let value = Self.defaultValue(column) { property["default"] = value }
      if !column.labels.isEmpty { property["enum"] = .array(column.labels.map { .string($0) }) }
      var notes: [String] = []
      if column.isPrimaryKey { notes.append("This is a Primary Key.<pk/>") }
      if let reference = column.reference {
        let parts = reference.split(separator: ".", maxSplits: 1)
        notes.append(
          "This is a Foreign Key to `\(reference)`.<fk table='\(parts.first ?? "")' column='\(parts.last ?? "")'/>")
      }
      if !notes.isEmpty { property["description"] = .string("Note:\n" + notes.joined(separator: "\n")) }
      properties[column.name] = .sorted(property)
    }
    var definition: [String: JSON] = ["type": "object", "properties": .sorted(properties)]
    let required = table.columns.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { definition["required"] = .array(required) }
    return .sorted(definition)
  }

  /// Of strings the text without its quotes and cast; of others the expression, where it is JSON itself.
  private static func defaultValue(_ column: CatalogColumn) -> JSON? {
    guard let value = column.defaultValue else { return nil }
    guard jsonType(column.type) == "string" else { return JSON(parsing: value.utf8) }
    guard value.hasSuffix("::" + column.type) else { return .string(value) }
    var text = value.dropLast(column.type.count + 2)
    while text.first == "'" { text.removeFirst() }
    while text.last == "'" { text.removeLast() }
    return .string(String(text))
  }

  /// nil for JSON, which may be anything.
  private static func jsonType(_ type: String) -> String? {
    switch type {
    case "json", "jsonb": nil
    case "smallint", "integer", "bigint": "integer"
    case "real", "double precision": "number"
    case "boolean": "boolean"
    default: type.hasPrefix("numeric") ? "number" : type.hasSuffix("[]") ? "array" : "string"
    }
  }
}
