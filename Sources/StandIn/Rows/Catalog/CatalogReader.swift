/// Reads tables, functions and role settings out of PostgreSQL's catalogs, as the role that the pool logs in as.
struct CatalogReader {
  let connection: PostgresConnection

  func read() throws(PostgresError) -> Catalog {
    // Without a search path, types are named with their schema.
    try connection.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try connection.query("SELECT set_config('search_path', '', true)")
    var catalog = Catalog()
    catalog.tables = try tables()
    catalog.foreignKeys = try foreignKeys()
    catalog.functions = try functions()
    catalog.roleSettings = try roleSettings()
    try connection.query("COMMIT")
    return catalog
  }

  private func tables() throws(PostgresError) -> [String: CatalogTable] {
    var tables: [String: CatalogTable] = [:]
    for row in try connection.query(Self.columnsSQL, [PostgresParameter(RowsRequest.schema)]).rows {
      let name = row[0] ?? ""
      let events = row[1].flatMap { Int($0) } ?? 0
      var table =
        tables[name]
        ?? CatalogTable(
          name: name, isInsertable: events & 8 != 0, isUpdatable: events & 4 != 0, isDeletable: events & 16 != 0)
      table.columns.append(
        CatalogColumn(
          name: row[2] ?? "", type: row[3] ?? "", baseType: row[4] ?? "", defaultValue: row[5],
          isRequired: row[6] == "t", isPrimaryKey: row[7] == "t", labels: Self.strings(row[8]), reference: row[9]))
      tables[name] = table
    }
    return tables
  }

  private func foreignKeys() throws(PostgresError) -> [CatalogForeignKey] {
    try connection.query(Self.foreignKeysSQL, [PostgresParameter(RowsRequest.schema)]).rows.map { row in
      CatalogForeignKey(
        name: row[0] ?? "", table: row[1] ?? "", columns: Self.strings(row[2]), referencedTable: row[3] ?? "",
        referencedColumns: Self.strings(row[4]), isUnique: row[5] == "t")
    }
  }

  private func functions() throws(PostgresError) -> [String: [CatalogFunction]] {
    var functions: [String: [CatalogFunction]] = [:]
    for row in try connection.query(Self.functionsSQL, [PostgresParameter(RowsRequest.schema)]).rows {
      var function = CatalogFunction(
        name: row[0] ?? "", returnsSet: row[1] == "t", returnsComposite: row[2] == "t", returnsVoid: row[3] == "t",
        table: row[4], isVolatile: row[5] == "v")
      let names = Self.strings(row[6])
      let types = Self.strings(row[7])
      let required = row[8].flatMap { Int($0) } ?? 0
      for (index, type) in types.enumerated() {
        let columnType = ["bit", "bit[]", "character", "character[]"].contains(type) ? Self.varying(type) : type
        function.parameters.append(
          CatalogFunction.Parameter(
            name: names[index], type: type, columnType: columnType, isRequired: index < required,
            isVariadic: row[9] == "t" && index == types.count - 1))
      }
      // A parameter without a name can only be the whole body.
      let unnamed = function.parameters.filter(\.name.isEmpty)
      guard unnamed.isEmpty || function.parameters.count == 1 && Self.bodyTypes.contains(unnamed[0].type) else {
        continue
      }
      function.settings = Self.strings(row[10]).compactMap(Self.setting).filter {
        ["statement_timeout", "plan_filter.statement_cost_limit", "default_transaction_isolation"].contains($0.name)
      }
      functions[function.name, default: []].append(function)
    }
    return functions
  }

  private func roleSettings() throws(PostgresError) -> [String: [CatalogSetting]] {
    var settings: [String: [CatalogSetting]] = [:]
    for row in try connection.query(Self.roleSettingsSQL).rows {
      settings[row[0] ?? "", default: []].append(CatalogSetting(name: row[1] ?? "", value: row[2] ?? ""))
    }
    return settings
  }

  private static let bodyTypes = ["json", "jsonb", "text", "xml", "bytea"]

  private static func varying(_ type: String) -> String {
    type.hasSuffix("[]") ? type.dropLast(2) + " varying[]" : type + " varying"
  }

  private static func setting(_ text: String) -> CatalogSetting? {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    return CatalogSetting(name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
  }

  /// The elements of a JSON array of strings; null elements are empty.
  private static func strings(_ json: String?) -> [String] {
    guard let json, case .array(let elements)? = JSON(parsing: json.utf8) else { return [] }
    return elements.map { $0.string ?? "" }
  }

  /// The events are those of `pg_relation_is_updatable`: 4 update, 8 insert, 16 delete.
  private static let columnsSQL = """
    SELECT c.relname,
      CASE WHEN c.relkind IN ('r', 'p') THEN 28 ELSE pg_relation_is_updatable(c.oid, true) END,
      a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN t.typbasetype = 0 THEN t.typname ELSE format_type(t.typbasetype, NULL) END,
      CASE WHEN a.attgenerated <> '' THEN NULL
        WHEN a.attidentity = 'd' THEN format('nextval(%L)',
          pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname))
        ELSE pg_get_expr(d.adbin, d.adrelid) END,
      a.attnotnull OR t.typtype = 'd' AND t.typnotnull, coalesce(a.attnum = ANY (i.indkey), false),
      (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
      (SELECT format('%s.%s', r.relname, ra.attname) FROM pg_constraint k
        JOIN pg_class r ON r.oid = k.confrelid
        JOIN pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = k.confkey[array_position(k.conkey, a.attnum)]
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey) ORDER BY k.conname LIMIT 1)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
    ORDER BY c.relname, a.attnum
    """

  private static let foreignKeysSQL = """
    SELECT k.conname, c.relname,
      (SELECT json_agg(a.attname ORDER BY at) FROM unnest(k.conkey) WITH ORDINALITY AS key(number, at)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = number),
      r.relname,
      (SELECT json_agg(a.attname ORDER BY at) FROM unnest(k.confkey) WITH ORDINALITY AS key(number, at)
        JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = number),
      EXISTS (SELECT FROM pg_constraint u WHERE u.conrelid = c.oid AND u.contype IN ('p', 'u')
        AND u.conkey @> k.conkey AND u.conkey <@ k.conkey)
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_class r ON r.oid = k.confrelid
    WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relnamespace = $1::regnamespace
      AND r.relnamespace = c.relnamespace
    ORDER BY k.conname, c.relname
    """

  private static let functionsSQL = """
    SELECT p.proname, p.proretset,
      coalesce(p.proargmodes::text[] && '{t,b,o}', false)
        OR coalesce(nullif(b.typtype, 'd'), t.typtype) = 'c',
      p.prorettype = 'void'::regtype, r.relname, p.provolatile,
      (SELECT json_agg(p.proargnames[at] ORDER BY at)
        FROM generate_series(1, coalesce(cardinality(p.proargmodes), p.pronargs)) at
        WHERE p.proargmodes IS NULL OR p.proargmodes[at] IN ('i', 'b', 'v')),
      (SELECT json_agg(format_type(type, NULL) ORDER BY at)
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS given(type, at)),
      p.pronargs - p.pronargdefaults, p.provariadic <> 0, to_json(p.proconfig)
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_type t ON t.oid = p.prorettype
    LEFT JOIN pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_class r ON r.oid = t.typrelid AND r.relkind <> 'c'
    WHERE n.nspname = $1 AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
    ORDER BY p.proname, p.pronargs, p.proargtypes::text
    """

  private static let roleSettingsSQL = """
    SELECT s.role, s.name, s.value FROM (
      SELECT r.rolname AS role, split_part(c, '=', 1) AS name, substr(c, strpos(c, '=') + 1) AS value
      FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid, unnest(r.rolconfig) c
      WHERE m.member = current_user::regrole) s
    JOIN pg_settings p ON p.name = s.name AND p.context = 'user'
    WHERE s.name <> 'default_transaction_isolation'
    """
}
