package import Glibc
package import StorageModel
internal import Synchronization

/// An open directory that files are put into. Whatever becomes of its path, they land in this one.
package final class TargetDirectory: Sendable {
  /// As the caller named it.
  package let path: LocalPath
  package let descriptor: FileDescriptor
  /// Directories in it whose names this process has made durable: one that is there may be another process's, which has
  /// not come to that yet.
  private let durableNames = Mutex<Set<[UInt8]>>([])

  /// Opens a directory. A symbolic link in `path` is followed: the caller named it.
  package init(at path: LocalPath) throws(FileError) {
    self.path = path.isEmpty ? .currentDirectory : path
    descriptor = try FileDescriptor(opening: self.path, flags: O_RDONLY | O_DIRECTORY)
  }

  private init(_ path: LocalPath, _ descriptor: consuming FileDescriptor) {
    self.path = path
    self.descriptor = descriptor
  }

  /// The directory of that name inside, made when it is missing. Neither through a symbolic link nor anywhere else:
  /// `name` is one component and neither `.` nor `..`.
  package func subdirectory(_ name: some Collection<UInt8>, mode: mode_t = 0o777) throws(FileError) -> TargetDirectory {
    let path = path.appending(LocalPath(checked: Array(name)))
    let base = descriptor.number
    let made = withNulTerminated(name) { mkdirat(base, $0, mode) }
    guard made == 0 || errno == EEXIST else { throw .failed(.create, path, code: errno) }
    if durableNames.withLock({ $0.insert(Array(name)).inserted }) { try sync() }
    return TargetDirectory(
      path, try FileDescriptor(opening: name, in: descriptor, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, named: path))
  }

  /// The directory of that name inside, not through a symbolic link; nil when nothing has the name.
  package func existingSubdirectory(_ name: some Collection<UInt8>) throws(FileError) -> TargetDirectory? {
    let path = path.appending(LocalPath(checked: Array(name)))
    do throws(FileError) {
      return TargetDirectory(
        path, try FileDescriptor(opening: name, in: descriptor, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, named: path)
      )
    } catch {
      if case .failed(_, _, code: ENOENT) = error { return nil }
      throw error
    }
  }

  /// What has that name inside, a symbolic link itself; nil when nothing has.
  package func kind(of name: some Collection<UInt8>) throws(FileError) -> FileKind? {
    var status = stat()
    let base = descriptor.number
    if withNulTerminated(name, { fstatat(base, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 {
      return FileKind(mode: status.st_mode)
    }
    guard errno == ENOENT else { throw .failed(.inspect, path.appending(LocalPath(checked: Array(name))), code: errno) }
    return nil
  }

  package func listing() throws(FileError) -> DirectoryListing {
    try DirectoryListing(
      reading: FileDescriptor(opening: [.dot], in: descriptor, flags: O_RDONLY | O_DIRECTORY, named: path), named: path)
  }

  /// Makes the names in it durable.
  package func sync() throws(FileError) {
    guard fsync(descriptor.number) == 0 else { throw .failed(.write, path, code: errno) }
  }
}
