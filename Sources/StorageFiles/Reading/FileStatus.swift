package import Glibc

/// What `stat` tells of a file: enough to see that it is another one, or was written to.
package struct FileStatus: Hashable, Sendable {
  package var device: UInt64
  package var inode: UInt64
  package var byteCount: Int64
  /// Nanoseconds since 1970 of the last change of the content.
  package var modified: Int64
  /// Nanoseconds since 1970 of the last change of anything; no program can set it back.
  package var changed: Int64

  package init(device: UInt64, inode: UInt64, byteCount: Int64, modified: Int64, changed: Int64) {
    self.device = device
    self.inode = inode
    self.byteCount = byteCount
    self.modified = modified
    self.changed = changed
  }

  package init(_ status: stat) {
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), byteCount: Int64(status.st_size),
      modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
  }
}

/// Times that 64 bits of nanoseconds cannot hold (before 1678, after 2261) become the nearest that they can.
private func nanoseconds(_ time: timespec) -> Int64 {
  let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
  if overflow { return time.tv_sec < 0 ? .min : .max }
  let (sum, carried) = whole.addingReportingOverflow(Int64(time.tv_nsec))
  return carried ? .max : sum
}
