import FoundationEssentials
internal import Glibc
import Synchronization

/// The stored bytes: one file for each version of each object, under `bucket/key/version`.
struct StorageBlobs: Sendable {
  let directory: String
  /// One writer of a key at a time; keys share locks.
  private let locks = (0..<64).map { _ in Lock() }

  private final class Lock: Sendable {
    let mutex = Mutex<Void>(())
  }

  init(directory: String) {
    self.directory = directory
  }

  private func folder(_ bucket: String, _ key: String) -> String {
    "\(directory)/objects/\(bucket)/\(key)"
  }

  func path(_ bucket: String, _ key: String, version: String) -> String {
    "\(folder(bucket, key))/\(version)"
  }

  /// No other thread publishes or removes bytes of this key meanwhile.
  func withLock<Result>(_ bucket: String, _ key: String, _ body: () throws -> Result) rethrows -> Result {
    var hasher = Hasher()
    hasher.combine(bucket)
    hasher.combine(key)
    let index = Int(UInt(bitPattern: hasher.finalize()) % UInt(locks.count))
    return try locks[index].mutex.withLock { _ in try body() }
  }

  /// A new empty file for bytes on their way in.
  func makeUpload(etags: StandIn.ETags) throws(StorageError) -> StorageUploadFile {
    let folder = "\(directory)/uploads"
    let path = "\(folder)/\(UUID().uuidString)"
    for _ in 0..<2 {
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if file >= 0 { return StorageUploadFile(path: path, descriptor: file, etags: etags) }
      Self.makeDirectories(folder)
    }
    throw .internalError
  }

  /// Puts a finished upload in its place.
  func publish(_ upload: StorageUploadFile, _ bucket: String, _ key: String, version: String) throws(StorageError) {
    let path = path(bucket, key, version: version)
    for _ in 0..<3 {
      // Another thread may have removed the empty folder since it was made.
      Self.makeDirectories(folder(bucket, key))
      if rename(upload.path, path) == 0 {
        upload.isPublished = true
        return
      }
      if errno != ENOENT { break }
    }
    throw .internalError
  }

  /// Removes the bytes of one version and the folders that are empty without them. Bytes that are gone already are no
  /// error.
  func remove(_ bucket: String, _ key: String, version: String) {
    unlink(path(bucket, key, version: version))
    var folder = folder(bucket, key)[...]
    let top = "\(directory)/objects".utf8.count
    while folder.utf8.count > top, rmdir(String(folder)) == 0, let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
    }
  }

  /// Takes the bytes away, or puts them back, while the row stays.
  func setHidden(_ isHidden: Bool, _ bucket: String, _ key: String, version: String) {
    let path = path(bucket, key, version: version)
    _ = isHidden ? rename(path, "\(path).hidden") : rename("\(path).hidden", path)
  }

  private static func makeDirectories(_ path: String) {
    if mkdir(path, 0o700) == 0 || errno != ENOENT { return }
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    makeDirectories(String(path[..<slash]))
    mkdir(path, 0o700)
  }
}

/// Bytes being uploaded. Goes away with its owner unless published. Used by one thread.
final class StorageUploadFile {
  let path: String
  fileprivate(set) var byteCount: Int64 = 0
  fileprivate var isPublished = false
  private let descriptor: Int32
  private var etag: StorageETag

  fileprivate init(path: String, descriptor: Int32, etags: StandIn.ETags) {
    self.path = path
    self.descriptor = descriptor
    etag = StorageETag(etags)
  }

  deinit {
    close(descriptor)
    if !isPublished { unlink(path) }
  }

  func write(_ bytes: [UInt8]) throws(StorageError) {
    let isWritten = bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count < 0, errno != EINTR { return false }
        written += max(0, count)
      }
      return true
    }
    guard isWritten else { throw .internalError }
    etag.update(bytes)
    byteCount += Int64(bytes.count)
  }

  /// The ETag and the time of the last change. Call once, at the end.
  func finish() -> (etag: String, modified: StorageClock) {
    (etag.finish(), StorageClock.modification(ofOpenFile: descriptor))
  }
}

extension StorageClock {
  static func modification(ofOpenFile descriptor: Int32) -> StorageClock {
    var status = stat()
    fstat(descriptor, &status)
    return StorageClock(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  /// nil when there is no such file.
  static func modification(ofFile path: String) -> StorageClock? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return StorageClock(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}
