/// What the services know of the database without asking: tables, functions and the settings of roles.
struct Catalog: Equatable, Sendable {
  var tables: [String: CatalogTable] = [:]
  var foreignKeys: [CatalogForeignKey] = []
  /// All overloads of a name, in the order of their parameters' types.
  var functions: [String: [CatalogFunction]] = [:]
  /// What `alter role … set …` said, for roles that requests run as.
  var roleSettings: [String: [CatalogSetting]] = [:]

  func table(_ name: String) throws(RowsError) -> CatalogTable {
    guard let table = tables[name] else { throw .tableNotFound(name, in: self) }
    return table
  }
}

struct CatalogSetting: Equatable, Sendable {
  var name: String
  var value: String
}

struct CatalogTable: Equatable, Sendable {
  var name: String
  /// In the table's order.
  var columns: [CatalogColumn] = []
  var isInsertable: Bool
  var isUpdatable: Bool
  var isDeletable: Bool

  var primaryKey: [String] { columns.filter(\.isPrimaryKey).map(\.name) }

  func column(_ name: String) -> CatalogColumn? {
    columns.first { $0.name == name }
  }
}

struct CatalogColumn: Equatable, Sendable {
  var name: String
  /// In SQL, with the schema where the search path does not lead to it.
  var type: String
  /// Of the type itself or of the one that its domain is over.
  var baseType: String
  /// An SQL expression.
  var defaultValue: String?
  var isRequired: Bool
  var isPrimaryKey: Bool
  /// The labels of an enumeration.
  var labels: [String]
  /// `table.column` that a foreign key points to.
  var reference: String?

  var isJSON: Bool { baseType == "json" || baseType == "jsonb" }
}

struct CatalogFunction: Equatable, Sendable {
  struct Parameter: Equatable, Sendable {
    /// Empty when it has none.
    var name: String
    var type: String
    /// The type for a column definition list, where `character` would be one character.
    var columnType: String
    var isRequired: Bool
    var isVariadic: Bool
  }

  var name: String
  var parameters: [Parameter] = []
  var returnsSet: Bool
  var returnsComposite: Bool
  var returnsVoid: Bool
  /// The table whose rows it returns.
  var table: String?
  var isVolatile: Bool
  /// Those of its own settings that hold for the whole call.
  var settings: [CatalogSetting] = []

  var returnsScalar: Bool { !returnsSet && !returnsComposite }
  var returnsSetOfScalars: Bool { returnsSet && !returnsComposite }
  var returnsOneComposite: Bool { !returnsSet && returnsComposite }
}
