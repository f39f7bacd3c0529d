/// The SQL of the tables, for `psql` or the dashboard's SQL editor.
public enum DatabaseSchema {
  /// Makes what is missing and changes nothing that is there.
  public static var sql: String { String(decoding: PackageResources.Schema_sql, as: UTF8.self) }
}
