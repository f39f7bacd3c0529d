/// Narrows a read to rows that a table of links connects with something: the files of a conversation. The server joins;
/// a row shows, under the table's name, the links it was chosen for. Only reads take one: in a change it would leave the
/// table without a filter.
package struct Junction: Hashable, Sendable {
  /// The table of links, which has a foreign key to the table that is read.
  package let table: String
  /// Nil: the rows must have no link at all.
  package let link: Link?

  package struct Link: Hashable, Sendable {
    package let column: Column
    package let value: String
  }

  /// Rows with a link of `table` whose `column` holds `value`.
  package init(_ table: String, where column: Column, is value: String) {
    self.table = table
    link = Link(column: column, value: value)
  }

  /// Rows without any link of `table`.
  package init(without table: String) {
    self.table = table
    link = nil
  }

  /// The item of `select` that joins.
  var selection: String {
    get throws(InvalidQuery) {
      let name = try Column(table).plainName
      guard let link else { return "\(name)()" }
      return "\(name)!inner(\(try link.column.plainName))"
    }
  }

  /// The parameter that says which links count.
  var parameter: (name: String, value: String) {
    get throws(InvalidQuery) {
      let name = try Column(table).plainName
      guard let link else { return (name, "is.null") }
      let filter = try Filter.eq(link.column, link.value).parameter
      return ("\(name).\(filter.name)", filter.value)
    }
  }
}
