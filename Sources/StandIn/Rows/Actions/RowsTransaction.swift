/// One transaction as the role of a request, with everything that its SQL may ask about the request.
struct RowsTransaction {
  let database: RowsDatabase
  let request: RowsRequest
  let catalog: Catalog

  /// Commits when `body` returns, else rolls back.
  func run<Result>(
    readOnly: Bool, settings: [CatalogSetting] = [], _ body: (RowsSession) throws(RowsError) -> Result
  ) throws(RowsError) -> Result {
    try database.withConnection { connection throws(RowsError) -> Result in
      let session = RowsSession(connection: connection, isAnonymous: request.identity.isAnonymous)
      do throws(RowsError) {
        _ = try session.query(
          SQLText("BEGIN ISOLATION LEVEL READ COMMITTED " + (readOnly ? "READ ONLY" : "READ WRITE")))
        _ = try session.query(settingsSQL(settings))
        let result = try body(session)
        _ = try session.query(SQLText("COMMIT"))
        return result
      } catch {
        // A connection that is lost rolls back by itself.
        _ = try? connection.query("ROLLBACK")
        throw error
      }
    }
  }

  private func settingsSQL(_ functionSettings: [CatalogSetting]) -> SQLText {
    let searchPath = [RowsRequest.schema, "public", "extensions"].map(quoted).joined(separator: ", ")
    var settings = [CatalogSetting(name: "search_path", value: searchPath)]
    settings += catalog.roleSettings[request.identity.role] ?? []
    settings += [
      CatalogSetting(name: "role", value: request.identity.role),
      CatalogSetting(name: "request.jwt.claims", value: request.identity.claims.shortText),
      CatalogSetting(name: "request.method", value: request.method),
      CatalogSetting(name: "request.path", value: request.path),
      CatalogSetting(name: "request.headers", value: headersJSON),
      CatalogSetting(name: "request.cookies", value: cookiesJSON),
    ]
    if let zone = request.preferences.timezone { settings.append(CatalogSetting(name: "timezone", value: zone)) }
    var sql = SQLText("SELECT ")
    sql.join(settings + functionSettings, separator: ", ") { sql, setting in
      sql += "set_config('\(setting.name)', "
      sql.bind(setting.value)
      sql += ", true)"
    }
    return sql
  }

  private var headersJSON: String {
    var members: [String: JSON] = [:]
    for (name, value) in request.headers.fields where name.lowercased() != "cookie" {
      members[name.lowercased()] = .string(utf8(value))
    }
    return JSON.sorted(members).shortText
  }

  private var cookiesJSON: String {
    var members: [String: JSON] = [:]
    for cookie in utf8(request.headers["Cookie"] ?? "").split(separator: ";") {
      let parts = cookie.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      members[trimmed(String(parts[0]))] = .string(parts.count > 1 ? String(parts[1]) : "")
    }
    return JSON.sorted(members).shortText
  }
}

/// A connection inside such a transaction.
struct RowsSession {
  let connection: PostgresConnection
  let isAnonymous: Bool

  func query(_ sql: SQLText) throws(RowsError) -> PostgresRows {
    do throws(PostgresError) { return try connection.query(sql.text, sql.parameters) } catch {
      throw RowsError(error, isAnonymous: isAnonymous)
    }
  }

  /// Runs a statement that ends with `appendAnswer`.
  func answerRow(_ sql: SQLText) throws(RowsError) -> AnswerRow {
    guard let row = try query(sql).rows.first else { throw .somethingWentWrong }
    return AnswerRow(row)
  }

  /// How many rows PostgreSQL's planner expects of a query.
  func estimate(_ sql: SQLText) throws(RowsError) -> Int? {
    var explain = SQLText("EXPLAIN (FORMAT JSON) ")
    explain.append(sql)
    guard let plan = try query(explain).rows.first?.first ?? nil,
      let label = plan.firstRange(of: "\"Plan Rows\": ")
    else { return nil }
    return Int(plan[label.upperBound...].prefix { $0.isNumber })
  }
}

/// A header's value, which came as Latin-1, as the UTF-8 that it probably is.
func utf8(_ latin1: String) -> String {
  if latin1.utf8.allSatisfy({ $0 < 0x80 }) { return latin1 }
  return String(decoding: latin1.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }, as: UTF8.self)
}

/// The other way round: text for a header.
func latin1(_ text: String) -> String {
  String(latin1: text.utf8)
}
