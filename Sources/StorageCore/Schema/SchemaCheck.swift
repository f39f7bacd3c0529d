/// How a database differs from what the schema makes. What else is there is none of its business.
public struct SchemaCheck: Sendable {
  /// In the order of the schema.
  public private(set) var differences: [SchemaDifference] = []
  /// What of each kind was compared.
  public private(set) var counts: [(kind: SchemaKind, count: Int)] = []
  /// What is there and not made by the schema; of a table that it does not make the table alone.
  public private(set) var others: [(kind: SchemaKind, table: String?, name: String)] = []
  /// The version that is installed, whole or in part.
  public let version: Int
  /// False where the database could not describe itself and only what PostgREST shows was compared: no indexes,
  /// constraints, triggers, and of functions their names alone.
  public let isWhole: Bool

  init(_ expected: [SchemaItem], _ found: [SchemaItem], isWhole: Bool) {
    self.isWhole = isWhole
    let byKey = Dictionary(grouping: found, by: \.key)
    let missingTables = Set(expected.lazy.filter { $0.kind == .table && byKey[$0.key] == nil }.map(\.name))
    version = missingTables.contains(Self.tableOfVersion2) ? 1 : 2
    counts = SchemaKind.allCases.map { kind in (kind, expected.count { $0.kind == kind }) }.filter { $0.count > 0 }
    for item in expected {
      if item.kind != .table, let table = item.relation, missingTables.contains(table) { continue }
      let deviations = (byKey[item.key] ?? []).map { Self.deviations(of: $0, from: item) }
      if let closest = deviations.min(by: { $0.count < $1.count }) {
        differences += closest
      } else if !(item.isReplaceable && found.contains { $0.kind == item.kind && $0.relation == item.relation }) {
        differences.append(SchemaDifference(item, expected: item.summary))
      }
    }
    let keys = Set(expected.map(\.key))
    let relations = Set(expected.compactMap(\.relation))
    for item in found where !keys.contains(item.key) {
      if item.kind == .table || item.relation.map(relations.contains) ?? true {
        others.append((item.kind, item.relation, item.name))
      }
    }
  }

  private static let tableOfVersion2 = "supastore_trash"

  private static func deviations(of found: SchemaItem, from item: SchemaItem) -> [SchemaDifference] {
    item.properties.sorted { $0.key < $1.key }.compactMap { name, expected in
      let actual = found.properties[name] ?? ""
      if normalForm(ofSQL: actual) == normalForm(ofSQL: expected) { return nil }
      return SchemaDifference(item, property: name, expected: expected, actual: actual)
    }
  }
}

/// One thing that is missing, or of which one property is different.
public struct SchemaDifference: Sendable {
  /// What sort of thing differs.
  public let kind: SchemaKind
  /// The table or type that it belongs to; nil of a function.
  public let table: String?
  /// As the schema names it, below `relation`.
  public let name: String
  /// What of it is different; nil when all of it is missing.
  public let property: String?
  /// Empty for none; nil where the name says it all.
  public let expected: String?
  /// Nil when it is missing.
  public let actual: String?
  /// Whether running the schema's SQL again mends it. It never changes tables that are there, but for who may use them.
  public let isMended: Bool
  /// Whether others lose something by that, so that it has to be asked for.
  public var isRestriction: Bool {
    kind == .table && property == "row_security" && !name.hasPrefix("supastore_")
  }

  init(_ item: SchemaItem, property: String? = nil, expected: String?, actual: String? = nil) {
    kind = item.kind
    table = item.relation
    name = item.name
    self.property = property
    self.expected = expected
    self.actual = actual
    isMended =
      switch item.kind {
      case .table, .trigger: true
      case .index: property == nil
      case .function: property != "result"
      case .column, .constraint, .enumLabel: false
      }
  }
}
