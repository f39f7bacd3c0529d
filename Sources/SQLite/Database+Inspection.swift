internal import CSQLite

/// What only those need who open a database that may be damaged.
extension Database {
  /// What contradicts itself in pages, tables and indexes, one line each; empty when all is well. At most a hundred.
  public func contradictions() throws(SQLiteError) -> [String] {
    var statement = try prepare("PRAGMA integrity_check(100)")
    var found: [String] = []
    while try statement.step() {
      if let text = statement.value(0).text, text != "ok" { found.append(text) }
    }
    do throws(SQLiteError) {
      try checkLength()
    } catch {
      guard case .damaged(let text) = error else { throw error }
      if found.isEmpty { found.append(text) }
    }
    return found
  }

  /// The tables whose rows refer to rows that are not there, with the tables they refer to and how many they are.
  public func brokenReferences() throws(SQLiteError) -> [(table: String, parent: String, count: Int)] {
    var statement = try prepare(
      "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2")
    var found: [(table: String, parent: String, count: Int)] = []
    while try statement.step() {
      found.append((statement.value(0).text ?? "", statement.value(1).text ?? "", Int(statement.integer(2))))
    }
    return found
  }

  /// Keeps every other connection from writing and reading for as long as this one lives.
  public func lockForGood() throws(SQLiteError) {
    try execute("BEGIN EXCLUSIVE")
  }
}
