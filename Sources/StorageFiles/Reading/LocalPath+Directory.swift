internal import Glibc
public import StorageModel

extension LocalPath {
  /// Whether a download to this path means a file inside of it: it is a directory, or is written as one.
  public var namesDirectory: Bool { bytes.last == .slash || isDirectory }

  /// Whether there is a directory, links followed.
  package var isDirectory: Bool {
    var status = stat()
    return withCString { stat($0, &status) } == 0 && FileKind(mode: status.st_mode) == .directory
  }
}
