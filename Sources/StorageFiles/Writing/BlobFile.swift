internal import Glibc
package import StorageDigests
internal import StorageModel

/// A file that is named by its content, open: it stays readable whoever removes it meanwhile.
package final class BlobFile: OpenContent {
  package let byteCount: Int64
  private let path: LocalPath
  private let file: FileDescriptor

  /// Throws when there is no regular file of that name.
  package init(_ name: [UInt8], in directory: TargetDirectory) throws(FileError) {
    path = directory.path.appending(LocalPath(checked: name))
    file = try FileDescriptor(
      opening: name, in: directory.descriptor, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK, named: path)
    let status = try file.status(named: path)
    let kind = FileKind(mode: status.st_mode)
    guard kind == .regular else { throw .notRegular(path, kind) }
    byteCount = Int64(status.st_size)
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
    try file.read(into: buffer, at: offset, named: path)
  }
}

/// Blobs by content below a directory: `aa/<sha256>`, the folder being the first two digits.
extension TargetDirectory {
  /// The folder of a blob, made when it is missing.
  package func blobFolder(of digest: SHA256Digest) throws(FileError) -> TargetDirectory {
    try subdirectory(digest.hex.utf8.prefix(2), mode: 0o700)
  }

  /// Nil when it is not there.
  package func blob(_ digest: SHA256Digest) throws(FileError) -> BlobFile? {
    guard let folder = try existingSubdirectory(digest.hex.utf8.prefix(2)) else { return nil }
    do throws(FileError) {
      return try BlobFile(Array(digest.hex.utf8), in: folder)
    } catch {
      if case .failed(_, _, code: ENOENT) = error { return nil }
      throw error
    }
  }
}
