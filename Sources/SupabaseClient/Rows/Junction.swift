/// Narrows a read to rows that a table of links connects with something: the files of a conversation. The server joins;
/// nothing of the link is in the answer. Only reads take one: in a change it would leave the table without a filter.
package struct Junction: Hashable, Sendable {
  /// The table of links, which has a foreign key to the table that is read.
  let table: String
  /// Nil: the rows must have no link at all.
  private let link: Filter?

  /// Rows with a link of `table` whose `column` holds `value`.
  package init(_ table: String, where column: Column, is value: String) {
    self.table = table
    link = .eq(column, value)
  }

  /// Rows without any link of `table`.
  package init(without table: String) {
    self.table = table
    link = nil
  }

  /// The item of `select` that joins and adds no key to the answer's objects.
  var selection: String {
    get throws(InvalidQuery) { "\(try Column(table).plainName)\(link == nil ? "" : "!inner")()" }
  }

  /// The parameter that says which links count.
  var parameter: (name: String, value: String) {
    get throws(InvalidQuery) {
      let name = try Column(table).plainName
      guard let filter = try link?.parameter else { return (name, "is.null") }
      return ("\(name).\(filter.name)", filter.value)
    }
  }
}
