public import StorageFiles
public import StorageModel
public import StorageSQLite

/// Why what a run remembers between runs cannot be used.
public enum StateError: Error, Hashable, Sendable {
  /// Neither a directory was named nor a home is known.
  case noHome
  /// The directory is a symbolic link.
  case symbolicLink(LocalPath)
  /// The directory belongs to another user.
  case foreign(LocalPath, owner: UInt32)
  /// Other users can write into the directory.
  case writableByOthers(LocalPath)
  /// A file in it cannot be read or written.
  case file(FileError)
  /// A database in it cannot be used.
  case database(LocalPath, SQLiteError)
  /// Another run works on the same project and roots. Its process and its start, in seconds since 1970, if it says so.
  case locked(pid: Int32?, since: Int64?)
}

extension StateError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noHome: "there is no place for the state: neither HOME nor XDG_STATE_HOME is set"
    case .symbolicLink(let path): "the directory \(path) is a symbolic link"
    case .foreign(let path, let owner): "the directory \(path) belongs to user \(owner)"
    case .writableByOthers(let path): "the directory \(path) can be written by other users"
    case .file(let error): error.description
    case .database(let path, let error): "\(path): \(error)"
    case .locked(let pid?, let since?): "another run holds the lock: process \(pid), since \(utcTime(since))"
    case .locked(let pid?, nil): "another run holds the lock: process \(pid)"
    case .locked(nil, _): "another run holds the lock"
    }
  }

  /// What to do next.
  public var hint: String? {
    switch self {
    case .noHome: "set SUPASTORE_STATE_DIR to a directory of your own"
    case .symbolicLink: "set SUPASTORE_STATE_DIR to the directory that the link leads to"
    case .foreign: "set SUPASTORE_STATE_DIR to a directory of your own"
    case .writableByOthers(let path): "run chmod go-w \(path)"
    case .file, .database: "see to the permissions and the space there, or set SUPASTORE_STATE_DIR to another directory"
    case .locked: "wait for it to end; a lock ends with its process"
    }
  }
}

/// `2026-11-23T14:05:00Z`; the number alone where it is no time, for it comes from a file.
private func utcTime(_ secondsSince1970: Int64) -> String {
  let (microseconds, overflow) = secondsSince1970.multipliedReportingOverflow(by: 1_000_000)
  let time = overflow ? nil : Timestamp(microseconds: microseconds)
  return time?.description ?? "\(secondsSince1970)"
}
