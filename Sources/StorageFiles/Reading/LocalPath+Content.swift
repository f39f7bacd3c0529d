internal import Glibc
public import StorageModel

/// A small file as a whole.
extension LocalPath {
  /// Makes the file, or replaces it in one step: whoever reads it sees all of the old content or all of the new one.
  /// What has this name and is no regular file stays as it is.
  public func replaceContent(with content: [UInt8], mode: UInt32) throws(FileError) {
    guard let name = baseName, bytes.last != .slash else { throw .notRegular(self, .directory) }
    let directory = try TargetDirectory(at: parent)
    if let kind = try directory.kind(of: name.bytes), kind != .regular { throw .notRegular(self, kind) }
    let file = try PartialFile(in: directory)
    var end: FileError?
    content.withUnsafeBytes { buffer in
      do throws(FileError) { try file.write(buffer, at: 0) } catch { end = error }
    }
    if let end { throw end }
    // Not what the mask of the process leaves of it.
    guard fchmod(file.descriptor, mode_t(mode)) == 0 else { throw .failed(.write, self, code: errno) }
    try file.commit(as: name.bytes, replacing: true)
  }

  /// What the file begins with, at most `limit` bytes; nil unless it is a regular file that can be read.
  public func content(upTo limit: Int) -> [UInt8]? {
    do throws(FileError) {
      let file = try FileDescriptor(opening: self, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      guard FileKind(mode: try file.status(named: self).st_mode) == .regular else { return nil }
      var content = [UInt8](repeating: 0, count: limit)
      var end: FileError?
      let count = content.withUnsafeMutableBytes { buffer -> Int in
        do throws(FileError) {
          return try file.read(into: buffer, at: 0, named: self)
        } catch {
          end = error
          return 0
        }
      }
      if let end { throw end }
      return Array(content.prefix(count))
    } catch {
      return nil
    }
  }
}

/// A small file, whole, or what comes through a pipe; whoever writes into it has ten seconds for each piece.
/// - Parameter file: opened without waiting.
package func contents(of file: borrowing FileDescriptor, named path: LocalPath) throws(FileError) -> [UInt8] {
  let limit = 1 << 20
  let kind = FileKind(mode: try file.status(named: path).st_mode)
  guard kind == .regular || kind == .pipe else { throw .notRegular(path, kind) }
  let number = file.number
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 4096)
  while true {
    if kind == .pipe {
      var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 10_000) != 0 else { throw .failed(.read, path, code: ETIMEDOUT) }
    }
    let count = read(number, &piece, piece.count)
    guard count >= 0 else {
      if errno == EINTR || errno == EAGAIN { continue }
      throw .failed(.read, path, code: errno)
    }
    if count == 0 { return bytes }
    bytes += piece.prefix(count)
    guard bytes.count <= limit else { throw .failed(.read, path, code: EFBIG) }
  }
}
