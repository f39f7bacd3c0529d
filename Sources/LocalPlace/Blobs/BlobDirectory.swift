internal import Glibc
package import StorageDigests
internal import StorageFiles
package import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// The contents in the local store: files named by their SHA-256, `blobs/aa/<sha256>`. Every process may write them at
/// the same time; none is ever changed. One that no object names any more is removed under the database's lock. Blocks.
package struct BlobDirectory: Sendable {
  let root: TargetDirectory

  /// Opens it; it is made when it is missing.
  init(in directory: TargetDirectory) throws(FileError) {
    root = try directory.subdirectory("blobs".utf8, mode: 0o700)
  }

  /// Opens the one that is there, for reading; nil when there is none.
  init?(existingIn directory: TargetDirectory) throws(FileError) {
    guard let root = try directory.existingSubdirectory("blobs".utf8) else { return nil }
    self.root = root
  }

  /// Where the blob of a content lies in the local store at `store`.
  package static func path(of digest: SHA256Digest, in store: LocalPath) -> LocalPath {
    store.appending(LocalPath(checked: Array("blobs/\(digest.hex.prefix(2))/\(digest.hex)".utf8)))
  }

  /// Whether nobody ever wrote a blob.
  var isEmpty: Bool {
    get throws(FileError) { try root.listing().count == 0 }
  }

  /// Nil when it is not there.
  func blob(_ digest: SHA256Digest) throws(FileError) -> BlobFile? { try root.blob(digest) }

  /// Whether a blob is there and as long as it should be.
  func holds(_ digest: SHA256Digest, byteCount: Int64) -> Bool {
    status(digest)?.byteCount == byteCount
  }

  /// Nil when there is no regular file of that name.
  func status(_ digest: SHA256Digest) -> FileStatus? {
    let name = "\(digest.hex.prefix(2))/\(digest.hex)"
    var status = stat()
    guard fstatat(root.descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
      FileKind(mode: status.st_mode) == .regular
    else { return nil }
    return FileStatus(status)
  }

  /// Removes blobs with their sidecars, those that are there; it outlives a crash of the machine once this returns.
  func remove(_ digests: some Collection<SHA256Digest>) throws(FileError) {
    var folders: [String: TargetDirectory] = [:]
    for digest in digests {
      let name = String(digest.hex.prefix(2))
      if folders[name] == nil { folders[name] = try root.existingSubdirectory(name.utf8) }
      guard let folder = folders[name] else { continue }
      for name in [digest.hex, "\(digest.hex).json"] where unlinkat(folder.descriptor.number, name, 0) != 0 {
        guard errno == ENOENT else {
          throw .failed(.write, folder.path.appending(LocalPath(checked: Array(name.utf8))), code: errno)
        }
      }
      CrashPoint.blobRemoved.reached()
    }
    for folder in folders.values { try folder.sync() }
  }

  /// Writes a content. It outlives a crash of the machine once this returns. One that is there already is replaced: by
  /// itself, unless the disk has lost some of it.
  func write(_ content: ObjectUpload.Content) throws(StorageError) -> ContentDigests {
    do throws(FileError) {
      let part = try PartialFile(in: root, mode: 0o600)
      let digests = try part.fill(with: content)
      CrashPoint.blobFilled.reached()
      try part.commit(as: Array(digests.sha256.hex.utf8), in: root.blobFolder(of: digests.sha256), replacing: true)
      CrashPoint.blobNamed.reached()
      return digests
    } catch {
      throw StorageError(error)
    }
  }
}

extension PartialFile {
  /// Writes a content and digests it on the way.
  fileprivate func fill(with content: ObjectUpload.Content) throws(FileError) -> ContentDigests {
    switch content {
    case .bytes(let bytes):
      return try digesting(LocalPath(checked: Array("the content".utf8))) { digester in
        try bytes.withUnsafeBytes { piece in
          try write(piece, at: 0)
          try digester.update(piece)
        }
      }
    case .file(let source):
      let digests = try digesting(source.path) { digester in
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
          let count = try source.read(into: buffer, at: offset)
          if count == 0 { return }
          let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
          try write(piece, at: offset)
          try digester.update(piece)
          offset += Int64(count)
        }
      }
      guard digests.byteCount == source.status.byteCount, try !source.hasChanged() else { throw .changed(source.path) }
      return digests
    }
  }

  private func digesting(
    _ path: LocalPath, _ body: (inout ContentDigester) throws -> Void
  ) throws(FileError) -> ContentDigests {
    do {
      var digester = try ContentDigester(md5: .whole)
      try body(&digester)
      return try digester.finish()
    } catch let error as FileError {
      throw error
    } catch let error as DigestError {
      throw .undigestible(path, error)
    } catch {
      throw .failed(.write, path, code: EIO)
    }
  }
}
