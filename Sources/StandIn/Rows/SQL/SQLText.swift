/// A statement being written, with its parameters.
struct SQLText: Sendable {
  var text: String
  private(set) var parameters: [PostgresParameter] = []

  init(_ text: String = "") {
    self.text = text
  }

  static func += (left: inout SQLText, right: String) {
    left.text += right
  }

  /// Appends a statement, only to one without parameters.
  mutating func append(_ other: SQLText) {
    precondition(parameters.isEmpty, "the other one's parameters would be counted wrong")
    text += other.text
    parameters = other.parameters
  }

  /// Writes `$n` for the value; its type is found out by PostgreSQL.
  mutating func bind(_ value: String) {
    bind(PostgresParameter(value))
  }

  mutating func bind(_ parameter: PostgresParameter) {
    parameters.append(parameter)
    text += "$\(parameters.count)"
  }

  /// Writes the elements one after the other.
  mutating func join<Elements: Sequence>(
    _ elements: Elements, separator: String, _ write: (inout SQLText, Elements.Element) -> Void
  ) {
    var isFirst = true
    for element in elements {
      if !isFirst { text += separator }
      isFirst = false
      write(&self, element)
    }
  }
}

/// A name in double quotes. PostgreSQL would see a name with a NUL as ending there.
func quoted(_ name: String) -> String {
  "\"" + name.marking("\"", with: "\"") + "\""
}

/// A literal in single quotes.
func quotedLiteral(_ text: String) -> String {
  let text = text.marking("'", with: "'")
  return text.utf8.contains(UInt8(ascii: "\\")) ? "E'" + text.marking("\\", with: "\\") + "'" : "'" + text + "'"
}

/// What columns belong to in a statement.
struct SQLSource: Sendable {
  /// As it stands before the dot.
  var name: String
  /// Whose columns they are, where the catalog knows.
  var table: CatalogTable?

  static func table(_ table: CatalogTable) -> SQLSource {
    SQLSource(name: name(ofTable: table.name), table: table)
  }

  static func name(ofTable table: String) -> String {
    quoted(RowsRequest.schema) + "." + quoted(table)
  }

  func column(_ name: String) -> String {
    self.name + "." + (name == "*" ? "*" : quoted(name))
  }
}
