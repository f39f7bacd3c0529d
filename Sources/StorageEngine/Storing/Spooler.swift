internal import Glibc
internal import StorageFiles
internal import StorageModel
internal import StorageRunning

/// Writes content that lies in no file into one without a name, in the state directory.
///
/// Blocking, so on a queue of its own; one for each content, for what comes from a descriptor may be long in coming.
actor Spooler {
  private let executor = BlockingExecutor(label: "supastore.spooler")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private static let bufferByteCount = 256 << 10
  /// How long a descriptor that yields nothing is waited for before stop and task are looked at, in milliseconds.
  private static let patience: Int32 = 50

  /// Keeps everything that comes from a descriptor, or nil when it is more than `limit` bytes.
  func spool(
    _ descriptor: Int32, named label: LocalPath, in directory: LocalPath, limit: Int64, until stop: StopSignal
  ) throws(StorageError) -> SourceFile? {
    do throws(FileError) {
      let part = try PartialFile.scratch(in: directory)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferByteCount, alignment: 4096)
      defer { buffer.deallocate() }
      var byteCount: Int64 = 0
      while let count = try Self.read(descriptor, into: buffer, named: label, until: stop) {
        if count == 0 { return try part.sourceFile(named: label) }
        if byteCount + Int64(count) > limit { return nil }
        try part.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: byteCount)
        byteCount += Int64(count)
      }
    } catch {
      throw StorageError(error)
    }
    throw StorageError(.interrupted, "interrupted while \(label) was read")
  }

  func spool(
    _ bytes: [UInt8], named label: LocalPath, in directory: LocalPath
  ) throws(StorageError) -> SourceFile {
    do throws(FileError) {
      let part = try PartialFile.scratch(in: directory)
      let outcome = bytes.withUnsafeBytes { bytes in Result { () throws(FileError) in try part.write(bytes, at: 0) } }
      try outcome.get()
      return try part.sourceFile(named: label)
    } catch {
      throw StorageError(error)
    }
  }

  /// What comes next, 0 at the end; nil when the stop was raised, or the task cancelled, first.
  private static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, named label: LocalPath, until stop: StopSignal
  ) throws(FileError) -> Int? {
    while !stop.isRaised, !Task.isCancelled {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let found = poll(&waiting, 1, patience)
      // After an interrupted wait nothing may be there, and reading would wait for it whatever the stop says.
      if found == 0 || found < 0 && errno == EINTR { continue }
      guard found > 0 else { throw .failed(.read, label, code: errno) }
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR, errno != EAGAIN { throw .failed(.read, label, code: errno) }
    }
    return nil
  }
}

extension PartialFile {
  /// The file for reading, whose temporary name is gone already.
  fileprivate func sourceFile(named label: LocalPath) throws(FileError) -> SourceFile {
    let number = descriptor
    return try SourceFile(path: label) { () throws(FileError) in
      FileDescriptor(owning: try retrying(.open, label) { fcntl(number, F_DUPFD_CLOEXEC, 0) })
    }
  }
}
