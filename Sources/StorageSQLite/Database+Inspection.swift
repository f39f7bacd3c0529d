internal import CSupastoreSQLite

/// What only those need who open a database that may be damaged.
extension Database {
  /// What contradicts itself in pages, tables and indexes, one line each, at most about a hundred; empty when all is
  /// well.
  public func contradictions() throws(SQLiteError) -> [String] {
    do throws(SQLiteError) {
      // The thorough check gives up over a page that this one tells.
      for pragma in ["quick_check", "integrity_check"] {
        let found = try findings(of: "PRAGMA \(pragma)(100)")
        if !found.isEmpty { return found }
      }
      // Whoever holds the database for good is inside a transaction already.
      if isInTransaction { try checkLength() } else { try reading { () throws(SQLiteError) in try checkLength() } }
      return []
    } catch {
      guard case .damaged(let text) = error else { throw error }
      return [text]
    }
  }

  private func findings(of pragma: String) throws(SQLiteError) -> [String] {
    var statement = try prepare(pragma)
    var found: [String] = []
    while try statement.step() {
      let lines = (statement.value(0).text ?? "").split(separator: "\n").map(String.init)
      found += lines.filter { $0 != "ok" && !$0.hasPrefix("***") }
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
