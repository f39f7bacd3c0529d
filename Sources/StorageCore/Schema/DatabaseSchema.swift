/// The SQL of the tables, for `psql` or the dashboard's SQL editor.
public enum DatabaseSchema {
  /// Makes what is missing, replaces functions of ours, grants the service role what it needs, and changes nothing else
  /// that is there. One transaction.
  /// - Parameter restricting: row-level security is turned on also for tables that were there and that others can use.
  public static func sql(restricting: Bool = false) -> String {
    """
    -- The database of supastore. Safe to run again: nothing of yours that is there is changed\(
      restricting ? ",\n-- but that only the service role, and whom your policies let in, can use the tables." : ".")

    begin;
    set local lock_timeout = '5s';
    set local client_min_messages = warning;
    \(restricting ? "set local supastore.restrict = 'on';\n" : "")
    \(parts.joined(separator: "\n"))
    commit;

    notify pgrst, 'reload schema';

    """
  }

  static var parts: [String] {
    [
      PackageResources.Tables_sql, PackageResources.Access_sql, PackageResources.Trash_sql, PackageResources.Survey_sql,
      PackageResources.Removal_sql, PackageResources.Purge_sql, PackageResources.SchemaCatalog_sql,
      PackageResources.Grants_sql,
    ].map { String(decoding: $0, as: UTF8.self) }
  }
}
