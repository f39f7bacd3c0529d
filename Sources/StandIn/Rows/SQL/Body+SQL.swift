// Rows out of a JSON body.

extension SQLText {
  /// A column that the body fills.
  struct BodyColumn {
    var name: String
    var type: String
    var defaultValue: String?
  }

  /// Writes `FROM …` such that `pgrst_body` has one row for each object of the body.
  ///
  /// - Parameters:
  ///   - onlyOne: stop after the first object of an array.
  ///   - withDefaults: what an object does not say is the column's default, not NULL.
  mutating func appendBody(
    _ body: [UInt8], columns: [BodyColumn], onlyOne: Bool = false, withDefaults: Bool = false
  ) {
    let isObject = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
    text += "FROM (SELECT "
    bind(PostgresParameter(body, type: withDefaults ? PostgresParameter.jsonb : PostgresParameter.json))
    text += " AS json_data) pgrst_payload, "
    let prefix = withDefaults ? "jsonb" : "json"
    var data = "pgrst_payload.json_data"
    if withDefaults {
      let defaults = Self.defaults(of: columns)
      text +=
        isObject
        ? "LATERAL (SELECT \(defaults) || \(data) AS val) pgrst_json_defs, "
        : "LATERAL (SELECT jsonb_agg(\(defaults) || elem) AS val FROM jsonb_array_elements(\(data)) elem) "
          + "pgrst_json_defs, "
      data = "pgrst_json_defs.val"
    }
    text += "LATERAL (SELECT "
    text += columns.map { quoted($0.name) }.joined(separator: ", ")
    if columns.isEmpty {
      text += isObject ? " FROM (VALUES (1)) _" : " FROM \(prefix)_array_elements(\(data)) _"
    } else {
      let definitions = columns.map { quoted($0.name) + " " + $0.type }.joined(separator: ", ")
      text += " FROM \(prefix)_to_record\(isObject ? "" : "set")(\(data)) AS _(\(definitions))"
      if onlyOne { text += " LIMIT 1" }
    }
    text += ") pgrst_body"
  }

  private static func defaults(of columns: [BodyColumn]) -> String {
    let pairs = columns.compactMap { column in
      column.defaultValue.map { quotedLiteral(column.name) + ", " + $0 }
    }
    return "jsonb_build_object(\(pairs.joined(separator: ", ")))"
  }
}
