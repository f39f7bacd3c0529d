internal import Glibc

/// A file that is being written beside where it is to be, under a name that tells what it is. Removed unless committed.
final class PartialFile: Sendable {
  private let path: LocalPath
  private let file: FileDescriptor

  var descriptor: Int32 { file.number }

  init(in directory: LocalPath) throws(FileError) {
    let tag = String(UInt64.random(in: .min ... .max), radix: 36)
    path = directory.appending(LocalPath(checked: Array(".supastore-\(tag).part".utf8)))
    file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o666)
  }

  /// Throws when anything, a dangling link too, lies at `target`.
  static func checkAbsent(_ target: LocalPath) throws(FileError) {
    var status = stat()
    let result = target.withCString { lstat($0, &status) }
    if result == 0 { throw .failed(.create, target, code: EEXIST) }
  }

  /// Reads at `offset` until `buffer` is full or the file ends, and says how much that was.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
    try file.read(into: buffer, at: offset, named: path)
  }

  /// Writes all of a piece where the last one ended.
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = write(file.number, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno != EINTR {
        throw .failed(.write, path.parent, code: errno)
      }
    }
  }

  /// Makes the content durable and gives it its name in one step.
  func commit(as target: LocalPath, replacing: Bool) throws(FileError) {
    guard fsync(file.number) == 0 else { throw .failed(.write, target, code: errno) }
    let result = path.withCString { from in
      target.withCString { to in replacing ? rename(from, to) : link(from, to) }
    }
    guard result == 0 else { throw .failed(.create, target, code: errno) }
    let directory = target.parent.isEmpty ? LocalPath(checked: [.dot]) : target.parent
    let handle = try FileDescriptor(opening: directory, flags: O_RDONLY | O_DIRECTORY)
    guard fsync(handle.number) == 0 else { throw .failed(.write, directory, code: errno) }
  }

  /// Hands the content over, piece by piece.
  func copy(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { buffer.deallocate() }
    var offset: Int64 = 0
    while true {
      let count = try read(into: buffer, at: offset)
      if count == 0 { return }
      try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += Int64(count)
    }
  }

  /// Takes the temporary name away; a committed content keeps its own.
  func remove() {
    _ = path.withCString { unlink($0) }
  }
}
