internal import CSupastoreLinux
import FoundationEssentials
internal import Glibc
import Synchronization

/// The stored bytes: one file for each version of each object, under its version's name.
///
/// They lie in a few folders rather than in one for each key: a folder takes longer to make than an upload lasts.
struct Blobs: Sendable {
  let directory: String
  /// One writer of a key at a time; keys share locks.
  private let locks = (0..<64).map { _ in Lock() }

  private final class Lock: Sendable {
    let mutex = Mutex<Void>(())
  }

  init(directory: String) {
    self.directory = directory
  }

  private func folder(of version: String) -> String {
    "\(directory)/objects/\(version.prefix(2))"
  }

  func path(version: String) -> String {
    "\(folder(of: version))/\(version)"
  }

  /// No other thread replaces or removes this object meanwhile.
  func withLock<Result>(_ bucket: String, _ key: String, _ body: () throws -> Result) rethrows -> Result {
    var hasher = Hasher()
    hasher.combine(bucket)
    hasher.combine(key)
    let index = Int(UInt(bitPattern: hasher.finalize()) % UInt(locks.count))
    return try locks[index].mutex.withLock { _ in try body() }
  }

  /// A new empty file for the bytes of a version that is to come.
  func makeUpload(etags: ETags) throws(StorageError) -> UploadFile {
    let version = UUID().uuidString.lowercased()
    let path = path(version: version)
    for _ in 0..<2 {
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if file >= 0 { return UploadFile(version: version, path: path, descriptor: file, etags: etags) }
      makeFolder(of: version)
    }
    throw .internalError
  }

  /// Zeroes, unless there are bytes already.
  func make(version: String, byteCount: Int) throws(StorageError) {
    makeFolder(of: version)
    let file = open(path(version: version), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if file < 0, errno == EEXIST { return }
    defer { close(file) }
    guard file >= 0, ftruncate(file, byteCount) == 0 else { throw .internalError }
  }

  private func makeFolder(of version: String) {
    mkdir(directory, 0o700)
    let objects = "\(directory)/objects"
    if mkdir(objects, 0o700) == 0 { spreadFolders(in: objects) }
    mkdir(folder(of: version), 0o700)
  }

  /// ext4 makes files many times slower where as many were deleted in the last minutes, as by an earlier stand-in.
  private func spreadFolders(in objects: String) {
    let descriptor = open(objects, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = linux_spread_subdirectories(descriptor)
    close(descriptor)
  }

  /// Bytes that are gone already are no error.
  func remove(version: String) {
    unlink(path(version: version))
  }

  /// Takes the bytes away, or puts them back, while the row stays.
  func setHidden(_ isHidden: Bool, version: String) {
    let path = path(version: version)
    _ = isHidden ? rename(path, "\(path).hidden") : rename("\(path).hidden", path)
  }
}

/// Bytes being uploaded. They go away with their owner unless they are kept. Used by one thread.
final class UploadFile {
  let version: String
  /// Set when the row is written.
  var isKept = false
  private(set) var byteCount: Int64 = 0
  private let path: String
  private let descriptor: Int32
  private var etag: ETag

  fileprivate init(version: String, path: String, descriptor: Int32, etags: ETags) {
    self.version = version
    self.path = path
    self.descriptor = descriptor
    etag = ETag(etags)
  }

  deinit {
    close(descriptor)
    if !isKept { unlink(path) }
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
  func finish() -> (etag: String, modified: Timestamp) {
    (etag.finish(), Timestamp.modification(ofOpenFile: descriptor))
  }
}

extension Timestamp {
  static func modification(ofOpenFile descriptor: Int32) -> Timestamp {
    var status = stat()
    fstat(descriptor, &status)
    return Timestamp(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  /// nil when there is no such file.
  static func modification(ofFile path: String) -> Timestamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Timestamp(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}
