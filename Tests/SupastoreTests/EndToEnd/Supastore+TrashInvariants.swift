import TestSupport
import Testing

extension Supastore {
  /// What must hold of rows, objects and trash whatever was killed; empty when it does.
  func trashViolations() throws -> [String] {
    func found(_ what: String, _ sql: String) throws -> [String] { try column(sql).map { "\(what): \($0)" } }
    return try found(
      "a row without an object",
      """
      select storage_path from files f where not exists (
        select from storage.objects o where o.bucket_id = supastore_bucket(f.metadata, f.file_type::text)
          and o.name = f.storage_path)
      """)
      + found(
        "in the trash and stored",
        "select key from supastore_trash t join files f on f.storage_path = t.key where t.state <> 'purged'")
      + found(
        "cannot be restored",
        """
        select key from supastore_trash t where state = 'trashed' and not exists (
          select from storage.objects o where o.bucket_id = t.bucket and o.name = t.key)
        """)
      + found(
        "purged and still there",
        """
        select key from supastore_trash t join storage.objects o on o.bucket_id = t.bucket and o.name = t.key
        where state = 'purged'
        """)
      + found(
        "not audited",
        """
        select key from supastore_trash t where not exists (
          select from supastore_audit a where a.bucket = t.bucket and a.key = t.key and a.action = 'trash'
            and a.run_id = t.run_id)
          or state <> 'trashed' and not exists (
          select from supastore_audit a where a.bucket = t.bucket and a.key = t.key and a.action = 'purge')
        """)
      + found(
        "an object that nobody knows",
        """
        select name from storage.objects o where not exists (select from files where storage_path = o.name)
          and not exists (select from supastore_trash where bucket = o.bucket_id and key = o.name and state <> 'purged')
        """)
  }
}
