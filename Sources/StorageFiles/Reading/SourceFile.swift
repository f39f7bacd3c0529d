internal import Glibc
package import StorageModel

/// A regular file, open for reading until the last reference to it goes away.
package final class SourceFile: Sendable {
  /// For messages: where it was opened.
  package let path: LocalPath
  /// As it was when it was opened.
  package let status: FileStatus
  let file: FileDescriptor

  /// For `pread` by whoever holds this object; nobody else closes it.
  package var descriptor: Int32 { file.number }

  /// Opens the file that a person named. Symbolic links on the way are followed, one in the last place is refused.
  package convenience init(at path: LocalPath) throws(FileError) {
    try self.init(path: path) { () throws(FileError) in
      try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    }
  }

  /// The first bytes, at most `limit`.
  package func start(_ limit: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let outcome = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(FileError) in try read(into: buffer, at: 0) }
    }
    return Array(bytes.prefix(try outcome.get()))
  }

  /// `open` answers at once whatever lies there: `O_NONBLOCK`, `O_NOFOLLOW`. What it refuses by its kind is told as such.
  package init(path: LocalPath, open: () throws(FileError) -> FileDescriptor) throws(FileError) {
    let descriptor: FileDescriptor
    do throws(FileError) {
      descriptor = try open()
    } catch {
      switch error {
      case .failed(_, _, code: ELOOP): throw .notRegular(path, .symbolicLink)
      case .failed(_, _, code: ENXIO): throw .notRegular(path, .socket)
      default: throw error
      }
    }
    let status = try descriptor.status(named: path)
    let kind = FileKind(mode: status.st_mode)
    guard kind == .regular else { throw .notRegular(path, kind) }
    self.path = path
    self.status = FileStatus(status)
    file = descriptor
  }

  /// Whether the open file was written to, or touched at all, since it was opened.
  package func hasChanged() throws(FileError) -> Bool {
    FileStatus(try file.status(named: path)) != status
  }

  /// Reads at `offset` until `buffer` is full or the file ends, and says how much that was.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
    try file.read(into: buffer, at: offset, named: path)
  }
}
