package import Glibc
package import StorageModel

/// A file that is being written in the directory where it is to be. It has no name there until it is committed, so a
/// process that is killed leaves nothing; where the file system knows no such files it has one that tells what it is.
package final class PartialFile: OpenContent {
  private let directory: TargetDirectory
  private let file: FileDescriptor
  /// Where the file system knows no files without a name.
  private let temporaryName: [UInt8]?

  /// - Parameter isNamed: whether it has a temporary name even where it could do without.
  package init(in directory: TargetDirectory, mode: mode_t = 0o666, isNamed: Bool = false) throws(FileError) {
    self.directory = directory
    if !isNamed, let file = Self.unnamed(in: directory, mode) {
      self.file = file
      temporaryName = nil
    } else {
      let name = Self.randomName()
      temporaryName = name
      let base = directory.descriptor.number
      let path = directory.path.appending(LocalPath(checked: name))
      file = FileDescriptor(
        owning: try withNulTerminated(name) { text throws(FileError) in
          try retrying(.create, path) { openat(base, text, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode) }
        })
    }
  }

  /// A file for this process alone, which has no name and never gets one.
  package static func scratch(in directory: LocalPath) throws(FileError) -> PartialFile {
    let file = try PartialFile(in: TargetDirectory(at: directory), mode: 0o600)
    file.discardName()
    return file
  }

  deinit { discardName() }

  /// Nil where the file system does not know such files, or there is no `/proc` through which one gets its name.
  private static func unnamed(in directory: TargetDirectory, _ mode: mode_t) -> FileDescriptor? {
    // O_TMPFILE, which Swift's Glibc lacks.
    let flags = 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC
    let number = openat(directory.descriptor.number, ".", flags, mode)
    guard number >= 0 else { return nil }
    let file = FileDescriptor(owning: number)
    guard access(magicLink(number), F_OK) == 0 else { return nil }
    return file
  }

  private static func magicLink(_ number: Int32) -> String { "/proc/self/fd/\(number)" }

  private static func randomName() -> [UInt8] {
    Array(".supastore-\(String(UInt64.random(in: .min ... .max), radix: 36)).part".utf8)
  }

  private func discardName() {
    guard let temporaryName else { return }
    let base = directory.descriptor.number
    _ = withNulTerminated(temporaryName) { unlinkat(base, $0, 0) }
  }

  // MARK: Content

  /// Belongs to this file; who keeps it longer makes a copy.
  package var descriptor: Int32 { file.number }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
    try file.read(into: buffer, at: offset, named: directory.path)
  }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = pwrite(file.number, rest.baseAddress, rest.count, off_t(offset) + written)
      if count < 0 {
        if errno == EINTR { continue }
        throw .failed(.write, directory.path, code: errno)
      }
      written += count
    }
  }

  package func empty() throws(FileError) {
    guard ftruncate(file.number, 0) == 0 else { throw .failed(.write, directory.path, code: errno) }
  }

  // MARK: Commit

  /// Gives the content its name in one step: nothing, what was there before, or the whole content has it at any moment.
  /// - Parameters:
  ///   - target: in this file system; its own directory unless given.
  ///   - isDurable: content and name outlive a crash of the machine once this returns.
  package func commit(
    as name: [UInt8], in target: TargetDirectory? = nil, replacing: Bool, isDurable: Bool = true
  ) throws(FileError) {
    let target = target ?? directory
    let path = target.path.appending(LocalPath(checked: name))
    if isDurable, fsync(file.number) != 0 { throw .failed(.write, path, code: errno) }
    var code =
      temporaryName.map { move($0, of: directory, to: name, in: target, replacing) } ?? link(as: name, in: target)
    if code == EEXIST, replacing, temporaryName == nil {
      let temporary = Self.randomName()
      code = link(as: temporary, in: target)
      if code == 0 { code = move(temporary, of: target, to: name, in: target, true) }
      if code != 0 { _ = withNulTerminated(temporary) { unlinkat(target.descriptor.number, $0, 0) } }
    }
    guard code == 0 else { throw .failed(.create, path, code: code) }
    if isDurable { try target.sync() }
  }

  /// Gives the nameless file a name that nothing has; the errno of a failure, else 0.
  private func link(as name: [UInt8], in target: TargetDirectory) -> Int32 {
    withNulTerminated(name) { name in
      linkat(AT_FDCWD, Self.magicLink(file.number), target.descriptor.number, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno
    }
  }

  private func move(
    _ old: [UInt8], of directory: TargetDirectory, to name: [UInt8], in target: TargetDirectory, _ replacing: Bool
  ) -> Int32 {
    let (from, to) = (directory.descriptor.number, target.descriptor.number)
    return withNulTerminated(old) { old in
      withNulTerminated(name) { name in
        replacing
          ? renameat(from, old, to, name) == 0 ? 0 : errno
          : takeFreeName(from, old, to, name)
      }
    }
  }
}
