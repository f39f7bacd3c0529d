import FoundationEssentials
package import StorageFormats

/// Rows to be inserted in one statement, as the JSON that is sent.
package struct RowBatch: Sendable {
  /// What every row sets; a row that leaves one out gets the column's default.
  package let columns: [Column]
  package private(set) var rowCount = 0
  private var writer = JSONWriter()

  package init(columns: [Column]) {
    self.columns = columns
    writer.beginArray()
  }

  /// Encodes `rows`, whose keys are `columns`.
  package init(columns: [Column], encoding rows: [some Encodable]) throws {
    self.init(columns: columns)
    for row in rows {
      writer.raw(try JSONEncoder().encode(row))
      rowCount += 1
    }
  }

  /// Adds a row; `members` writes the keys and values of its object. No text may hold a NUL: PostgreSQL takes none.
  package mutating func append(_ members: (inout JSONWriter) -> Void) {
    writer.beginObject()
    members(&writer)
    writer.endObject()
    rowCount += 1
  }

  /// Of the body so far.
  package var byteCount: Int { writer.bytes.count + 1 }

  var body: [UInt8] {
    var writer = writer
    writer.endArray()
    return writer.bytes
  }
}

/// What an insert does with a row that is there already by these columns, which a unique index covers.
package struct ConflictRule: Hashable, Sendable {
  package enum Resolution: String, Sendable {
    /// Leaves the row as it is; it is not among the returned ones.
    case ignore = "ignore-duplicates"
    /// Sets every column of the batch. No two rows of a batch may have the same key.
    case merge = "merge-duplicates"
  }

  package let columns: [Column]
  package let resolution: Resolution

  package init(on columns: [Column], _ resolution: Resolution) {
    self.columns = columns
    self.resolution = resolution
  }
}
