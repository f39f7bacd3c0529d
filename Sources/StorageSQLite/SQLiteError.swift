internal import CSupastoreSQLite

/// What SQLite answered when it did not do what was asked.
public enum SQLiteError: Error, Hashable, Sendable {
  /// Another connection held the database longer than the busy time-out.
  case busy
  /// Not a database, or one whose pages contradict each other.
  case damaged(String)
  /// A database of another program.
  case foreign(applicationID: Int32)
  /// A database of our own in another version of its tables.
  case otherVersion(found: Int32, expected: Int32)
  /// A row that another one refers to is not there.
  case missingParent
  /// Another rule refused a row: it must be unique, or hold something.
  case constraint(String)
  /// Its name leads to another file since it was opened.
  case moved
  case full
  case readOnly(String)
  case cannotOpen(String)
  /// Anything else; `code` is the extended result code.
  case failed(code: Int32, message: String)

  init(code: Int32, message: String) {
    if code == SQLITE_CONSTRAINT | 3 << 8 {  // SQLITE_CONSTRAINT_FOREIGNKEY, a macro that Swift does not import
      self = .missingParent
      return
    }
    if code == SQLITE_READONLY | 4 << 8 {  // SQLITE_READONLY_DBMOVED, another one
      self = .moved
      return
    }
    self =
      switch code & 0xff {
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged(message)
      case SQLITE_CONSTRAINT: .constraint(message)
      case SQLITE_FULL: .full
      case SQLITE_READONLY, SQLITE_PERM: .readOnly(message)
      case SQLITE_CANTOPEN: .cannotOpen(message)
      default: .failed(code: code, message: message)
      }
  }
}

extension SQLiteError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .busy: "the database is in use by another program"
    case .damaged(let message): "the database is damaged: \(message)"
    case .foreign(let applicationID): "the database belongs to another program (application id \(applicationID))"
    case .otherVersion(let found, let expected): "the database has version \(found), this program needs \(expected)"
    case .missingParent: "a row that another one refers to is not there"
    case .constraint(let message): "a rule of the database refused a row: \(message)"
    case .moved: "another database was put in its place"
    case .full: "the disk is full"
    case .readOnly(let message): "the database cannot be written: \(message)"
    case .cannotOpen(let message): "the database cannot be opened: \(message)"
    case .failed(let code, let message): "the database failed with code \(code): \(message)"
    }
  }
}
