internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// `supastore schema`
enum SchemaCommand {
  static let check = Flag("check", help: "Compare the project's database with it instead, and print what differs.")
  static let restrict = Flag(
    "restrict",
    help: "Print SQL that also turns row-level security on for tables which were there and which others can use.")
  static let declaration = Declaration(
    "schema", abstract: "Print the SQL that creates the database tables, or check them",
    discussion: """
      Needs no connection. The SQL creates what is missing and leaves what is there, so it can be run again. Run it \
      with psql, or paste it into the SQL editor of the project's dashboard. It grants the service role what it needs; \
      nobody else can use the tables that it makes. Tables of an older project, which everybody who has the publishable \
      key can use, stay as they are: --check names them, and --restrict turns row-level security on for them, so that \
      only the service role and whom your own policies let in can use them.

      With --check it is the project's database that is looked at: tables, columns, constraints, indexes, triggers and \
      functions, one line for each that is missing or different; with --verbose also what is there besides, which is no \
      difference. The exit status is then 8. Before version 2 is installed only what the API shows can be compared: \
      tables, columns and the names of functions.
      """,
    examples: [
      Example("supastore schema | psql \"$DB_URL\"", "Create the tables"),
      Example("supastore schema --check", "See whether everything is there"),
    ],
    check, restrict)
}

extension SchemaCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    if arguments[check], arguments[restrict] {
      throw UsageError("--check changes nothing, and --restrict prints what does", hint: "leave one of them out")
    }
    guard arguments[check] else {
      let sql = DatabaseSchema.sql(restricting: arguments[restrict])
      if console.isJSON {
        try console.result(["type": "schema", "sql": .string(sql)])
      } else {
        try console.result(text: sql)
      }
      return .done
    }
    let (check, origin) = try await context.withProject(context.configuration(arguments), fallingBack: false) {
      (try await $0.checkSchema(), $0.origin)
    }
    for difference in check?.differences ?? [] {
      if console.isJSON { try console.result(difference.json) } else { try console.result(difference.line) }
    }
    for other in check?.others ?? [] {
      console.detail("not of the schema: \(title(other.kind, other.table, other.name))")
    }
    if console.isJSON {
      try console.result(json(of: check) + origin)
    } else {
      if let check, !check.isWhole {
        console.note("what the API does not show was not compared: constraints, indexes, triggers, bodies of functions")
      }
      try console.result(check?.line ?? "the local store needs no schema")
    }
    return check?.differences.isEmpty ?? true ? .done : .different
  }

  private static func json(of check: SchemaCheck?) -> JSONDocument {
    [
      "type": "summary", "version": JSONDocument(check?.version), "complete": .bool(check?.isWhole ?? true),
      "differences": JSONDocument(check?.differences.count ?? 0),
      "by_hand": JSONDocument(check?.differences.count { !$0.isMended } ?? 0),
    ]
  }
}

/// What people call it.
private func title(_ kind: SchemaKind, _ table: String?, _ name: String) -> String {
  switch kind {
  case .table: "table \(name)"
  case .column: "column \(table ?? "").\(name)"
  case .enumLabel: "value \(name) of type \(table ?? "")"
  case .constraint: "constraint on \(table ?? "") (\(name))"
  case .index: "index \(name) on \(table ?? "")"
  case .trigger: "trigger \(name) on \(table ?? "")"
  case .function: "function \(name)"
  }
}

extension SchemaDifference {
  fileprivate var json: JSONDocument {
    [
      "type": "difference", "status": property == nil ? "missing" : "different", "kind": .string(kind.rawValue),
      "table": JSONDocument(table), "name": .string(name), "property": JSONDocument(property),
      "expected": JSONDocument(expected), "actual": JSONDocument(actual), "by_hand": .bool(!isMended),
    ]
  }

  fileprivate var line: String {
    let title = title(kind, table, name)
    guard let property, let expected, let actual else {
      guard let expected else { return "\(title): missing" }
      return "\(title): missing, \(kind == .table ? "with its columns" : "should be") \(expected)"
    }
    if property == "body" { return "\(title): its body is not the one that this program prints" }
    if isRestriction { return "\(title): row-level security is off: whoever has the publishable key may use it" }
    let words = property.replacing("_", with: " ")
    return "\(title): \(words) is \(Self.shown(actual)), should be \(Self.shown(expected))"
  }

  private static func shown(_ value: String) -> String { value.isEmpty ? "nothing" : value }
}

extension SchemaCheck {
  fileprivate var line: String {
    guard !differences.isEmpty else {
      let counts = counts.map { Self.count($0.count, $0.kind) }
      return "schema: version \(version) is all there: \(counts.joined(separator: ", "))"
    }
    let byHand = differences.count { !$0.isMended }
    var line = "schema: \(differences.count) \(differences.count == 1 ? "difference" : "differences")"
    if version < 2 { line += "; version 2, the trash, is not installed" }
    if differences.contains(where: \.isRestriction) {
      line += "; run `supastore schema --restrict | psql \"$DB_URL\"` unless others use the tables, too"
    } else if byHand < differences.count {
      line += "; run `supastore schema | psql \"$DB_URL\"`"
    }
    if byHand > 0 { line += "; \(byHand) to be mended by hand, for it changes no table that is there" }
    return line
  }

  private static func count(_ count: Int, _ kind: SchemaKind) -> String {
    let (one, many) =
      switch kind {
      case .table: ("table", "tables")
      case .column: ("column", "columns")
      case .enumLabel: ("value of a type", "values of types")
      case .constraint: ("constraint", "constraints")
      case .index: ("index", "indexes")
      case .trigger: ("trigger", "triggers")
      case .function: ("function", "functions")
      }
    return "\(count) \(count == 1 ? one : many)"
  }
}
