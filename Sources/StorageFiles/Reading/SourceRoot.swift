internal import Glibc
package import StorageModel

/// An open directory whose files are stored. Nothing outside of it is reached through it, whatever becomes of the tree.
package final class SourceRoot: Sendable {
  /// As the caller named it.
  package let path: LocalPath
  /// Without symbolic links: what two roots are compared by, and what names a conversation.
  package let realPath: LocalPath
  let descriptor: FileDescriptor

  /// Opens a directory. A symbolic link in `path` is followed: the caller named it.
  package init(at path: LocalPath) throws(FileError) {
    self.path = path
    descriptor = try FileDescriptor(opening: path, flags: O_RDONLY | O_DIRECTORY)
    realPath = try resolved(path)
  }

  /// Opens a file below the root for reading; `path` is relative to it and passes through no symbolic link.
  package func open(_ path: LocalPath) throws(FileError) -> SourceFile {
    let name = self.path.appending(path)
    return try SourceFile(path: name) { () throws(FileError) in
      try openBeneath(path, flags: O_RDONLY | O_NONBLOCK, named: name)
    }
  }

  /// Opens `path` one component after the other, so that no link swapped in meanwhile leads out of the root.
  func openBeneath(_ path: LocalPath, flags: Int32, named name: LocalPath) throws(FileError) -> FileDescriptor {
    let components = path.isEmpty ? [[UInt8.dot]] : path.components
    guard !path.isAbsolute, let last = components.last,
      path.isEmpty || !components.contains(where: { $0.elementsEqual([.dot]) || $0.elementsEqual([.dot, .dot]) })
    else { throw .failed(.open, name, code: EINVAL) }
    guard components.count > 1 else {
      return try FileDescriptor(opening: last, in: descriptor, flags: flags | O_NOFOLLOW, named: name)
    }
    let step = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
    var directory = try FileDescriptor(opening: components[0], in: descriptor, flags: step, named: name)
    for component in components[1..<(components.count - 1)] {
      directory = try FileDescriptor(opening: component, in: directory, flags: step, named: name)
    }
    return try FileDescriptor(opening: last, in: directory, flags: flags | O_NOFOLLOW, named: name)
  }
}

/// `path`, absolute and without symbolic links.
package func resolved(_ path: LocalPath) throws(FileError) -> LocalPath {
  try path.withCString { text throws(FileError) in
    guard let real = realpath(text, nil) else { throw .failed(.resolve, path, code: errno) }
    defer { free(real) }
    return LocalPath(checked: UnsafeBufferPointer(start: real, count: strlen(real)).map { UInt8(bitPattern: $0) })
  }
}
