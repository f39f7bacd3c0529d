/// The SQL of the tables, for `psql` or the dashboard's SQL editor.
public enum DatabaseSchema {
  /// Makes what is missing, replaces functions of ours, and changes nothing else that is there. One transaction.
  public static var sql: String {
    """
    -- The database of supastore. Safe to run again: nothing of yours that is there is changed.

    begin;
    set local lock_timeout = '5s';
    set local client_min_messages = warning;

    \(parts.joined(separator: "\n"))
    commit;

    notify pgrst, 'reload schema';

    """
  }

  static var parts: [String] {
    [
      PackageResources.Tables_sql, PackageResources.Trash_sql, PackageResources.Survey_sql,
      PackageResources.Removal_sql, PackageResources.Purge_sql, PackageResources.SchemaCatalog_sql,
      PackageResources.Grants_sql,
    ].map { String(decoding: $0, as: UTF8.self) }
  }
}
