/// What refuses to remove anything. The names are part of the contract.
public enum Safeguard: String, Sendable, CaseIterable {
  /// More things than were allowed.
  case maxDelete = "max_delete"
  /// A larger part of all rows than was allowed.
  case maxDeletePercent = "max_delete_percent"
  /// More bytes than were allowed.
  case maxDeleteBytes = "max_delete_bytes"
  /// There are files to be removed for want of a link, and no link at all.
  case noLinks = "no_links"
  /// There are no conversations, so that a file without a link means nothing.
  case noConversations = "no_conversations"
  /// Row-level security may hide rows from whoever decides.
  case hiddenRows = "rls"
  /// No foreign key makes a link wait for, or fail at, a file's deletion.
  case foreignKey = "foreign_key"
  /// Rows on trashed paths would not be noticed.
  case trigger
  /// The database decides by what was committed before it began.
  case isolation
  /// The database has no trash.
  case notInstalled = "not_installed"
  /// Not everything could be looked at.
  case scan
  /// The file is linked to several conversations.
  case linkedElsewhere = "linked_elsewhere"
}
