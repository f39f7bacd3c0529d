/// Narrows a read to rows that a table of links connects with something: the files of a conversation. The server joins;
/// nothing of the link is in the answer. Only reads take one: in a change it would leave the table without a filter.
package struct Junction: Hashable, Sendable {
  /// The table of links, which has a foreign key to the table that is read.
  let table: String
  let column: Column
  let value: String

  /// Links of `table` whose `column` holds `value`.
  package init(_ table: String, where column: Column, is value: String) {
    self.table = table
    self.column = column
    self.value = value
  }

  /// The item of `select` that joins and adds no key to the answer's objects.
  var selection: String {
    get throws(InvalidQuery) { "\(try Column(table).plainName)!inner()" }
  }

  /// The parameter that says which links count.
  var parameter: (name: String, value: String) {
    get throws(InvalidQuery) {
      let filter = try Filter.eq(column, value).parameter
      return ("\(try Column(table).plainName).\(filter.name)", filter.value)
    }
  }
}
