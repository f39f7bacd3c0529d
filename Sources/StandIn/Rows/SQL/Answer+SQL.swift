/// How the rows of `pgrst_source` become a body.
enum BodyForm: Equatable {
  case none
  case array(nullsStripped: Bool)
  /// The first row.
  case one(nullsStripped: Bool)
  /// The bare value of the first row.
  case scalar(nullsStripped: Bool)
  case scalars(nullsStripped: Bool)
  case csv

  /// An SQL expression over `_postgrest_t`.
  fileprivate var sql: String {
    func stripped(_ isStripped: Bool, _ sql: String) -> String { isStripped ? "json_strip_nulls(\(sql))" : sql }
    return switch self {
    case .none: "''::text"
    case .array(let nulls): "coalesce(\(stripped(nulls, "json_agg(_postgrest_t)")), '[]')"
    case .one(let nulls): "coalesce(\(stripped(nulls, "json_agg(_postgrest_t)->0")), 'null')"
    case .scalar(let nulls): "coalesce(\(stripped(nulls, "json_agg(_postgrest_t.pgrst_scalar)->0")), 'null')"
    case .scalars(let nulls): "coalesce(\(stripped(nulls, "json_agg(_postgrest_t.pgrst_scalar)")), '[]')"
    case .csv:
      """
      (SELECT coalesce(string_agg(a.k, ','), '') FROM (SELECT json_object_keys(r)::text AS k \
      FROM (SELECT row_to_json(hh) AS r FROM pgrst_source AS hh LIMIT 1) s) a) || E'\\n' || \
      coalesce(string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), E'\\n'), '')
      """
    }
  }

  init(_ type: MediaType, of function: CatalogFunction? = nil) {
    switch type {
    case .csv: self = .csv
    case .object(let nulls):
      self = function?.returnsScalar == true ? .scalar(nullsStripped: nulls) : .one(nullsStripped: nulls)
    default:
      let nulls = type == .strippedArray
      if function?.returnsOneComposite == true {
        self = .one(nullsStripped: nulls)
      } else if function?.returnsScalar == true {
        self = .scalar(nullsStripped: nulls)
      } else if function?.returnsSetOfScalars == true {
        self = .scalars(nullsStripped: nulls)
      } else {
        self = .array(nullsStripped: nulls)
      }
    }
  }
}

/// The one row that every main statement returns.
struct AnswerRow {
  /// Of all rows that the filters find; nil when they were not counted.
  var total: Int?
  var rowCount: Int
  /// `key=eq.value` of the inserted row's primary key.
  var location: [(name: String, value: String)] = []
  var body: String
  /// What the statement set as `response.headers` and `response.status`.
  var headersSetting: String?
  var statusSetting: String?
  /// Rows that a merging insert made; not above 0 when it changed others only.
  var inserted: Int

  init(_ row: [String?]) {
    total = row[0].flatMap { Int($0) }
    rowCount = row[1].flatMap { Int($0) } ?? 0
    body = row[3] ?? ""
    headersSetting = row[4]
    statusSetting = row[5]
    inserted = row[6].flatMap { Int($0) } ?? 0
    guard let pairs = row[2], case .array(let elements)? = JSON(parsing: pairs.utf8) else { return }
    location = elements.compactMap { element in
      guard let pair = element.string, let equals = pair.firstIndex(of: "=") else { return nil }
      return (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
    }
  }
}

extension SQLText {
  /// Writes the outer SELECT over `pgrst_source`, whose one row `AnswerRow` reads.
  ///
  /// - Parameters:
  ///   - total: an expression for the number of all rows.
  ///   - locationKeys: the primary key, where Location is wanted.
  ///   - rows: writes what is selected from.
  mutating func appendAnswer(
    total: String = "NULL", locationKeys: [String] = [], form: BodyForm, countsInserted: Bool = false,
    rows: (inout SQLText) -> Void
  ) {
    text += " SELECT \(total), pg_catalog.count(_postgrest_t), \(Self.location(locationKeys)), "
    text += "\(form.sql), \(Self.setting("response.headers")), \(Self.setting("response.status")), "
    text += countsInserted ? Self.setting("pgrst.inserted") : "NULL"
    text += " FROM ("
    rows(&self)
    text += ") _postgrest_t"
  }

  static func setting(_ name: String) -> String {
    "nullif(current_setting('\(name)', true), '')"
  }

  private static func location(_ keys: [String]) -> String {
    guard !keys.isEmpty else { return "NULL" }
    return """
      CASE WHEN pg_catalog.count(_postgrest_t) = 1 THEN (\
      SELECT json_agg(pair.key || '=' || coalesce('eq.' || pair.value, 'is.null')) \
      FROM (SELECT row_to_json(_) AS row FROM pgrst_source AS _ LIMIT 1) data, json_each_text(data.row) AS pair \
      WHERE pair.key IN (\(keys.map(quotedLiteral).joined(separator: ", ")))) END
      """
  }
}
