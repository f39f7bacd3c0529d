internal import StorageModel
internal import StoragePlaces
internal import StorageSQLite

extension LocalDatabase {
  /// What the rows after `id` take; all of them without one.
  func usage(after id: FileID?) throws(SQLiteError) -> Usage {
    var conditions = LocalConditions()
    if let id { conditions.add("id > ?", .text(id.description)) }
    let groups = try rows(
      """
      SELECT file_type,
        CASE WHEN json_valid(metadata) THEN
          CASE json_type(metadata, '$.bucket') WHEN 'text' THEN json_extract(metadata, '$.bucket') END END,
        count(*), total(size_bytes)
      FROM files\(conditions.clause) GROUP BY 1, 2
      """, conditions.values
    ) { row throws(SQLiteError) in
      (
        fileType: try row.text(0), bucket: row.value(1).text,
        amount: Usage.Amount(fileCount: Int(row.integer(2)), byteCount: row.integer(3))
      )
    }
    var usage = Usage()
    for group in groups { usage.add(group.amount, bucket: group.bucket, fileType: group.fileType) }
    return usage
  }

  /// Contents that objects name, each counted once, however many objects share it.
  func contents() throws(SQLiteError) -> Usage.Amount {
    try rows(
      "SELECT count(*), total(size) FROM (SELECT max(size_bytes) AS size FROM objects GROUP BY sha256)", []
    ) { row in Usage.Amount(fileCount: Int(row.integer(0)), byteCount: row.integer(1)) }.first ?? Usage.Amount()
  }

  /// The first items that are parked, in the order in which kinds are sent.
  func parkedItems(for project: String, limit: Int) throws(SQLiteError) -> [OutboxItem] {
    var parked: [OutboxItem] = []
    for kind in OutboxItem.Kind.allCases where parked.count < limit {
      parked += try items(kind, for: project, parked: true, limit: limit - parked.count)
    }
    return parked
  }
}
