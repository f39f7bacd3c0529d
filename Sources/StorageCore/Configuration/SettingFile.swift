internal import Glibc
internal import StorageFiles
internal import StorageModel

/// What a file of settings, or one with a secret, holds, and what other users can do with it.
struct SettingFile {
  let bytes: [UInt8]
  let isReadableByOthers: Bool
  let isWritableByOthers: Bool

  /// - Parameter file: opened without waiting.
  init(_ file: borrowing FileDescriptor, named path: LocalPath) throws(FileError) {
    let mode = try file.status(named: path).st_mode
    // A pipe is gone when it was read.
    let isLasting = FileKind(mode: mode) == .regular
    isReadableByOthers = isLasting && mode & (S_IRGRP | S_IROTH) != 0
    isWritableByOthers = isLasting && mode & (S_IWGRP | S_IWOTH) != 0
    bytes = try contents(of: file, named: path)
  }
}
