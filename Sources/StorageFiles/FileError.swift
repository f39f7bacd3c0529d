package import Glibc
public import StorageDigests
public import StorageModel

/// What went wrong with one local file or directory.
public enum FileError: Error, Hashable, Sendable {
  /// What was tried.
  public enum Operation: String, Sendable {
    /// One system call, or a few that belong together.
    case open, read, write, inspect, list, create, lock, resolve
  }

  /// A system call failed; `code` is its `errno`.
  case failed(Operation, LocalPath, code: Int32)
  /// It is something else than a file with content.
  case notRegular(LocalPath, FileKind)
  /// The content is not, or no longer, the one that was looked at before.
  case changed(LocalPath)
  /// More directories inside each other than a walk follows.
  case tooDeep(LocalPath)
  /// libcrypto could not hash it.
  case undigestible(LocalPath, DigestError)

  /// Which file it is about.
  public var path: LocalPath {
    switch self {
    case .failed(_, let path, _), .notRegular(let path, _), .changed(let path), .tooDeep(let path),
      .undigestible(let path, _):
      path
    }
  }
}

extension FileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .failed(let operation, let path, let code):
      "cannot \(operation.rawValue) \(path): \(systemMessage(code))"
    case .notRegular(let path, let kind): "\(path) is a \(kind), not a regular file"
    case .changed(let path): "\(path) changed while it was read"
    case .tooDeep(let path): "\(path) lies more than \(TreeWalk.depthLimit) directories deep"
    case .undigestible(let path, let error): "cannot digest \(path): \(error)"
    }
  }
}

/// What a directory entry is.
public enum FileKind: String, Hashable, Sendable, CustomStringConvertible {
  /// A file with content.
  case regular = "regular file"
  /// A directory.
  case directory
  /// A name that leads to another.
  case symbolicLink = "symbolic link"
  /// A FIFO, or one end of a pipe.
  case pipe = "named pipe"
  /// A socket.
  case socket
  /// A block or character device.
  case device

  package init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .device
      }
  }

  public var description: String { rawValue }
}

/// The system's words for an `errno`, as one of our messages goes on: lower case.
package func systemMessage(_ code: Int32) -> String {
  let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
    guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else { return "error \(code)" }
    return String(cString: base)
  }
  return message.prefix(1).lowercased() + message.dropFirst()
}
