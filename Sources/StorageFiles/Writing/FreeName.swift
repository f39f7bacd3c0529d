internal import CSupastoreLinux
internal import Glibc

/// Gives a file another name in one step, unless something has that; the errno of a failure, else 0. The old name may
/// stay. `EINVAL` or `ENOSYS` where the file system knows no way of doing that.
package func renameToFreeName(
  _ directory: Int32, _ name: UnsafePointer<CChar>, _ newDirectory: Int32, _ newName: UnsafePointer<CChar>
) -> Int32 {
  if linkat(directory, name, newDirectory, newName, 0) == 0 { return 0 }
  // File systems without hard links: exFAT, and many over a network.
  guard [EPERM, EOPNOTSUPP, ENOSYS].contains(errno) else { return errno }
  return renameat2(directory, name, newDirectory, newName, UInt32(LINUX_RENAME_NOREPLACE)) == 0 ? 0 : errno
}

/// The same, where nothing better is known in two steps: for a moment the name is an empty file's.
func takeFreeName(
  _ directory: Int32, _ name: UnsafePointer<CChar>, _ newDirectory: Int32, _ newName: UnsafePointer<CChar>
) -> Int32 {
  let code = renameToFreeName(directory, name, newDirectory, newName)
  guard [EINVAL, ENOSYS].contains(code) else { return code }
  let number = openat(newDirectory, newName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard number >= 0 else { return errno }
  close(number)
  return renameat(directory, name, newDirectory, newName) == 0 ? 0 : errno
}
