/// A function called by GET, HEAD or POST.
struct CallAction {
  let request: RowsRequest
  let catalog: Catalog
  let function: CatalogFunction
  let database: RowsDatabase
  let maxRows: Int

  private let isReading: Bool
  private let selection: Selection

  init(
    _ request: RowsRequest, function name: String, isReading: Bool, catalog: Catalog, database: RowsDatabase,
    maxRows: Int
  ) throws(RowsError) {
    self.request = request
    self.catalog = catalog
    self.database = database
    self.maxRows = maxRows
    self.isReading = isReading
    let given = isReading ? Set(request.parameters.arguments.map(\.name)) : request.payload?.keys ?? []
    function = try FunctionChoice(name: name, arguments: given, bodyType: isReading ? nil : request.contentType)
      .function(in: catalog)
    selection = try .read(
      request.parameters, from: function.table ?? function.name, range: request.range, catalog: catalog,
      maxRows: maxRows)
  }

  func response(headersOnly: Bool) throws(RowsError) -> HTTPResponse {
    let type = try check()
    let preferences = request.preferences
    let transaction = RowsTransaction(database: database, request: request, catalog: catalog)
    let row = try transaction.run(readOnly: isReading || !function.isVolatile, settings: function.settings) {
      session throws(RowsError) -> AnswerRow in
      let row = try session.answerRow(statement(headersOnly ? .none : BodyForm(type, of: function)))
      try refuseUnlessOne(row, type)
      if preferences.isStrict, let limit = preferences.maxAffected, row.rowCount > limit {
        throw .tooManyAffected(row.rowCount)
      }
      return row
    }
    let content = ContentRange(request.range, rowCount: row.rowCount, total: row.total)
    var answer = RowsAnswer(request, status: function.returnsVoid ? 204 : content.status)
    answer.add("Content-Range", content.description)
    answer.add("Preference-Applied", preferences.applied(.maxAffected))
    guard !function.returnsVoid else { return try answer.response(row, body: nil) }
    answer.addContentType(type)
    let body = content.isUnsatisfiable ? content.error(request.range).body : row.body
    return try answer.response(row, body: headersOnly ? nil : body)
  }

  /// The media type to answer with, after everything that can be refused without running the function.
  func check() throws(RowsError) -> MediaType {
    let type = try MediaType.negotiated(request.accepted)
    try request.preferences.refuseUnknown()
    if request.preferences.isStrict, request.preferences.maxAffected != nil, !function.returnsSet {
      throw .maxAffectedOfOne
    }
    return type
  }

  private func statement(_ form: BodyForm) -> SQLText {
    let name = function.table ?? function.name
    let source = SQLSource(name: quoted(name), table: catalog.tables[name])
    let origin = "pgrst_source AS " + quoted(name)
    var sql = SQLText("WITH pgrst_source AS (SELECT \(returned) ")
    appendCall(to: &sql)
    sql += ")"
    let counts = request.preferences.countsExactly
    if counts {
      sql += ", pgrst_source_count AS ("
      sql.appendCountable(selection, from: origin, source: source)
      if request.preferences.count == .estimated { sql += " LIMIT \(maxRows + 1)" }
      sql += ")"
    }
    sql.appendAnswer(total: counts ? "(SELECT pg_catalog.count(*) FROM pgrst_source_count)" : "NULL", form: form) {
      $0.appendSelect(selection, from: origin, source: source)
    }
    return sql
  }

  /// What of the function's result is selected from or filtered by.
  private var returned: String {
    if !function.returnsComposite { return "pgrst_call.pgrst_scalar" }
    let filtered = selection.conditions.flatMap(\.filters).filter { selection.embedTested(by: $0) == nil }
    return selection.returnedColumns(beside: filtered.map(\.field.name))
      .map { "pgrst_call." + ($0 == "*" ? $0 : quoted($0)) }
      .joined(separator: ", ")
  }

  /// Writes `FROM …` with the call as its last member.
  private func appendCall(to sql: inout SQLText) {
    let name = quoted(RowsRequest.schema) + "." + quoted(function.name)
    func call(_ sql: inout SQLText, after start: String = "FROM ", _ arguments: (inout SQLText) -> Void) {
      sql += start
      sql += function.returnsComposite ? name + "(" : "(SELECT \(name)("
      arguments(&sql)
      sql += function.returnsComposite ? ") pgrst_call" : ") pgrst_scalar) pgrst_call"
    }
    switch request.payload {
    case _ where isReading: call(&sql) { appendArguments(request.parameters.arguments, to: &$0) }
    case .form(let fields):
      call(&sql) { sql in
        appendArguments(fields.map { QueryParameters.Argument(name: $0.name, value: $0.value) }, to: &sql)
      }
    case let payload?:
      if let only = function.parameters.first, only.name.isEmpty {
        call(&sql) { sql in
          sql.bind(PostgresParameter(only.type == "bytea" ? hexadecimal(payload.bytes) : payload.bytes))
          sql += "::" + only.type
        }
        return
      }
      let given = function.parameters.filter { payload.keys.contains($0.name) }
      guard !given.isEmpty else { return call(&sql) { _ in } }
      sql.appendBody(
        payload.bytes, columns: given.map { SQLText.BodyColumn(name: $0.name, type: $0.columnType) }, onlyOne: true)
      call(&sql, after: ", LATERAL ") { sql in
        sql.join(given, separator: ", ") { sql, parameter in
          if parameter.isVariadic { sql += "VARIADIC " }
          sql += "\(quoted(parameter.name)) := pgrst_body.\(quoted(parameter.name))"
        }
      }
    case nil: call(&sql) { _ in }
    }
  }

  /// Of one name, the last value counts; a variadic parameter takes all.
  private func appendArguments(_ arguments: [QueryParameters.Argument], to sql: inout SQLText) {
    let given = function.parameters.filter { parameter in arguments.contains { $0.name == parameter.name } }
    sql.join(given, separator: ", ") { sql, parameter in
      let values = arguments.filter { $0.name == parameter.name }.map(\.value)
      if parameter.isVariadic {
        sql += "VARIADIC \(quoted(parameter.name)) := ARRAY["
        sql.join(values, separator: ", ") { $0.bind($1) }
        sql += "]::" + parameter.type
      } else {
        sql += "\(quoted(parameter.name)) := "
        sql.bind(values.last ?? "")
        sql += "::" + parameter.type
      }
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return Array("\\x".utf8) + bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }
}
