internal import Glibc
internal import StorageFiles
package import StorageModel

/// The directory that holds what runs remember, checked: it is ours, and nobody else writes there.
package struct StateDirectory: Hashable, Sendable {
  /// Absolute, without symbolic links.
  package let path: LocalPath

  /// Opens the directory at `path`; it and the missing ones above it are made, for their owner alone.
  package init(at path: LocalPath) throws(StateError) {
    let status = try Self.inspected(path)
    guard FileKind(mode: status.st_mode) != .symbolicLink else { throw .symbolicLink(path) }
    guard FileKind(mode: status.st_mode) == .directory else {
      throw .file(.failed(.create, path, code: ENOTDIR))
    }
    guard status.st_uid == geteuid() else { throw .foreign(path, owner: status.st_uid) }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else { throw .writableByOthers(path) }
    do throws(FileError) {
      self.path = try resolved(path)
    } catch {
      throw .file(error)
    }
  }

  private static func inspected(_ path: LocalPath) throws(StateError) -> stat {
    do throws(FileError) {
      try makeDirectories(path)
      var status = stat()
      _ = try path.withCString { text throws(FileError) in try retrying(.inspect, path) { lstat(text, &status) } }
      return status
    } catch {
      throw .file(error)
    }
  }

  private static func makeDirectories(_ path: LocalPath) throws(FileError) {
    var directory = path.isAbsolute ? LocalPath(checked: [.slash]) : .empty
    for component in path.components {
      directory = directory.appending(LocalPath(checked: Array(component)))
      let code = directory.withCString { mkdir($0, 0o700) == 0 ? 0 : errno }
      // Some systems say EROFS or EACCES of what is there: whether it is will show.
      var status = stat()
      if code != 0, directory.withCString({ stat($0, &status) }) != 0 { throw .failed(.create, directory, code: code) }
    }
  }
}
