package import Glibc
package import StorageModel

/// The sole owner of an open file descriptor.
package struct FileDescriptor: ~Copyable, Sendable {
  package let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) {
    self.number = number
  }

  /// Opens `path` as the caller sees it; its last component is not followed when `flags` holds `O_NOFOLLOW`.
  package init(opening path: LocalPath, flags: Int32, mode: mode_t = 0) throws(FileError) {
    number = try path.withCString { text throws(FileError) in
      try retrying(.open, path) { open(text, flags | O_CLOEXEC | O_NOCTTY, mode) }
    }
  }

  /// Opens one name inside an open directory.
  init(
    opening name: some Collection<UInt8>, in directory: borrowing FileDescriptor, flags: Int32, named path: LocalPath
  ) throws(FileError) {
    let base = directory.number
    number = try withNulTerminated(name) { text throws(FileError) in
      try retrying(.open, path) { openat(base, text, flags | O_CLOEXEC | O_NOCTTY) }
    }
  }

  deinit { close(number) }

  /// Hands the descriptor to an owner in C, which closes it.
  consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }

  package func status(named path: LocalPath) throws(FileError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .failed(.inspect, path, code: errno) }
    return status
  }

  /// Reads at `offset` until `buffer` is full or the file ends.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int64, named path: LocalPath
  ) throws(FileError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = pread(number, rest.baseAddress, rest.count, off_t(offset) + filled)
      if count < 0 {
        if errno == EINTR { continue }
        throw .failed(.read, path, code: errno)
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}

/// Repeats a system call that a signal interrupted; its negative result becomes an error.
package func retrying(
  _ operation: FileError.Operation, _ path: LocalPath, _ call: () -> Int32
) throws(FileError) -> Int32 {
  while true {
    let result = call()
    if result >= 0 { return result }
    if errno != EINTR { throw .failed(operation, path, code: errno) }
  }
}
