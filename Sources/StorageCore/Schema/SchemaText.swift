internal import StorageDigests
internal import StorageModel

/// What the schema's SQL makes, read from that SQL: there is no second list to be kept. It understands what is written
/// there and no more; tests compare what it found with a database, both ways.
struct SchemaText {
  private(set) var items: [SchemaItem] = []

  init(_ sql: String) throws(StorageError) {
    let function =
      #/create or replace function public\.(supastore_\w+)\((.*?)\)\s+returns\s+(.*?)\s+language\s+(\w+)([^$]*?)\s+as\s+\$\$(.*?)\$\$;/#
      .dotMatchesNewlines()
    let statements = sql.replacing(function, with: "").replacing(#/--[^\n]*/#, with: "")
    addEnumerations(of: statements)
    addTables(of: statements)
    addIndexesAndTriggers(of: statements)
    for match in sql.matches(of: function) {
      let (_, name, arguments, result, language, attributes, body) = match.output
      try add(
        String(name), arguments: arguments, result: String(result), language: String(language), attributes, body: body)
    }
  }

  private mutating func addEnumerations(of sql: String) {
    for match in sql.matches(of: #/create type public\.(\w+) as enum \(([^)]*)\)/#) {
      for label in match.output.2.matches(of: #/'([^']*)'/#) {
        items.append(
          SchemaItem(kind: .enumLabel, relation: String(match.output.1), name: String(label.output.1)))
      }
    }
  }

  // MARK: tables

  private mutating func addTables(of sql: String) {
    let secured = Set(
      sql.matches(of: #/alter table public\.(\w+) enable row level security;/#).map(\.output.1)
        + sql.matches(of: #/foreach candidate in array array\[([^\]]*)\]/#).flatMap {
          $0.output.1.matches(of: #/\w+/#).map(\.output)
        })
    let granted = Self.grants(in: sql)
    let readable = Set(
      sql.matches(of: #/grant select on ([^;]*?) to service_role;/#).flatMap { $0.output.1.matches(of: #/\.(\w+)/#) }
        .map(\.output.1))
    for match in sql.matches(of: #/create table if not exists public\.(\w+) \((.*?)\n\);/#.dotMatchesNewlines()) {
      let name = String(match.output.1)
      let definitions = Self.pieces(of: match.output.2) { $0 == "," }.map { Self.pieces(of: $0, where: \.isWhitespace) }
      var properties: [String: String] = [:]
      if secured.contains(match.output.1) { properties["row_security"] = "on" }
      // What of ours is nobody else's at all.
      if readable.contains(match.output.1), name.hasPrefix("supastore_") {
        properties["access"] = "service_role select"
      }
      for privilege in granted[name] ?? [] { properties["service_role_\(privilege)"] = "yes" }
      let columns = definitions.filter { !Self.isConstraint($0) }
      items.append(
        SchemaItem(
          kind: .table, relation: name, name: name, properties: properties,
          summary: columns.map { String($0[0]) }.joined(separator: ", ")))
      let constraints = definitions.filter(Self.isConstraint).map { $0.joined(separator: " ") }
      for column in columns { add(column: column, of: name, isKey: { Self.isKey($0, of: constraints) }) }
      for constraint in constraints {
        items.append(SchemaItem(kind: .constraint, relation: name, name: constraint))
      }
    }
  }

  /// What is granted to the service role, by table.
  private static func grants(in sql: String) -> [String: [String]] {
    var grants: [String: [String]] = [:]
    for match in sql.matches(of: #/grant ([a-z, ]+) on public\.(\w+) to service_role;/#) {
      grants[String(match.output.2)] = match.output.1.matches(of: #/\w+/#).map { String($0.output) }
    }
    return grants
  }

  private static func isConstraint(_ words: [Substring]) -> Bool { isClause(words[0]) }

  private static func isClause(_ word: Substring) -> Bool {
    ["primary", "unique", "not", "default", "references", "check", "generated"].contains(word)
  }

  private static func isKey(_ column: String, of constraints: [String]) -> Bool {
    constraints.contains { constraint in
      constraint.hasPrefix("primary key") && constraint.matches(of: #/\w+/#).contains { $0.output == column }
    }
  }

  private mutating func add(column words: [Substring], of table: String, isKey: (String) -> Bool) {
    let name = String(words[0])
    let type = words.dropFirst().prefix { !Self.isClause($0) }
    var properties = ["type": type.joined(separator: " "), "nullable": "yes", "default": "", "identity": ""]
    if isKey(name) { properties["nullable"] = "no" }
    var constraints: [String] = []
    var rest = words.dropFirst(1 + type.count)
    while let word = rest.first {
      let clause = rest.dropFirst().prefix { !Self.isClause($0) }
      let written = ([word] + clause).joined(separator: " ")
      rest = rest.dropFirst(1 + clause.count)
      switch word {
      case "primary", "unique":
        if word == "primary" { properties["nullable"] = "no" }
        constraints.append("\(written) (\(name))")
      case "not": properties["nullable"] = "no"
      case "default": properties["default"] = clause.joined(separator: " ")
      case "generated":
        properties["nullable"] = "no"
        properties["identity"] = "always"
      case "references": constraints.append("foreign key (\(name)) \(written)")
      default: constraints.append(written)
      }
    }
    items.append(
      SchemaItem(
        kind: .column, relation: table, name: name, properties: properties,
        summary: words.dropFirst().joined(separator: " ")))
    items += constraints.map { SchemaItem(kind: .constraint, relation: table, name: $0) }
  }

  /// What stands between separators, outside of quotes and parentheses.
  private static func pieces(of text: Substring, where isSeparator: (Character) -> Bool) -> [Substring] {
    var depth = 0
    var isQuoted = false
    return text.split { character in
      if character == "'" { isQuoted.toggle() }
      if isQuoted { return false }
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      return depth == 0 && isSeparator(character)
    }
  }

  // MARK: what hangs on tables

  private mutating func addIndexesAndTriggers(of sql: String) {
    for match in sql.matches(of: #/create index if not exists (\w+) on public\.(\w+)\s[^;]*/#) {
      items.append(
        SchemaItem(
          kind: .index, relation: String(match.output.2), name: String(match.output.1),
          properties: ["definition": String(match.output.0), "valid": "yes"]))
    }
    for match in sql.matches(of: #/create (or replace )?trigger (\w+)\s[^;]*?\son public\.(\w+)\s[^;]*/#) {
      let isOurs = match.output.1 != nil
      items.append(
        SchemaItem(
          kind: .trigger, relation: String(match.output.3), name: String(match.output.2),
          properties: isOurs ? ["definition": String(match.output.0), "enabled": "yes"] : [:], isReplaceable: !isOurs))
    }
  }

  // MARK: functions

  private mutating func add(
    _ name: String, arguments: Substring, result: String, language: String, _ attributes: Substring, body: Substring
  ) throws(StorageError) {
    let digest: MD5Digest
    do throws(DigestError) {
      digest = try .of(Array(body.utf8))
    } catch {
      throw StorageError(.unreadable, "the schema cannot be hashed: \(error)")
    }
    let isDefiner = attributes.contains("security definer")
    let settings = attributes.matches(of: #/set (\w+) = '([^']*)'/#).map { setting in
      // As PostgreSQL shows it: without quotes, unless that leaves nothing.
      "\(setting.output.1)=\(setting.output.2.isEmpty ? "''" : setting.output.2)"
    }.sorted()
    let arguments = Self.pieces(of: arguments) { $0 == "," }.map { $0.replacing(#/ default .*/#, with: "") }
    let properties = [
      "arguments": arguments.joined(separator: ","), "result": result, "language": language,
      "volatility": ["immutable", "stable"].first { attributes.contains($0) } ?? "volatile",
      "security": isDefiner ? "definer" : "invoker", "settings": settings.joined(separator: ", "),
      // As Grants.sql has it.
      "executable_by": isDefiner && result == "jsonb" ? "service_role" : "", "body": digest.hex,
    ]
    items.append(SchemaItem(kind: .function, relation: nil, name: name, properties: properties))
  }
}
