internal import Glibc
internal import StorageFiles
package import StorageModel

/// Keeps a second run off the same project and roots, on this machine, as long as it lives. It ends with its process,
/// however that ends.
package final class RunLock: Sendable {
  private let file: FileDescriptor

  /// Takes the lock that a file stands for, which is made when it is missing, or throws `.locked` at once.
  package init(file path: LocalPath) throws(StateError) {
    do throws(FileError) {
      file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
      let number = file.number
      _ = try retrying(.lock, path) { flock(number, LOCK_EX | LOCK_NB) }
      try Self.sign(number, path)
    } catch {
      if case .failed(.lock, let path, code: EWOULDBLOCK) = error {
        let (pid, since) = Self.holder(path)
        throw .locked(pid: pid, since: since)
      }
      throw .file(error)
    }
  }

  /// For the message that the next one gets. The file is never removed: whoever waits on the old one would then hold a
  /// lock that nobody else sees.
  private static func sign(_ number: Int32, _ path: LocalPath) throws(FileError) {
    let text = Array("\(getpid()) \(time(nil))\n".utf8)
    guard ftruncate(number, 0) == 0, pwrite(number, text, text.count, 0) == text.count else {
      throw .failed(.write, path, code: errno)
    }
  }

  private static func holder(_ path: LocalPath) -> (pid: Int32?, since: Int64?) {
    var text = [UInt8](repeating: 0, count: 64)
    guard let file = try? FileDescriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW),
      let count = try? text.withUnsafeMutableBytes({ try file.read(into: $0, at: 0, named: path) })
    else { return (nil, nil) }
    let words = String(decoding: text.prefix(count), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 2 else { return (nil, nil) }
    return (Int32(words[0]), Int64(words[1]))
  }
}
