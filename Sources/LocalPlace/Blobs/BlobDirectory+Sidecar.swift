internal import Glibc
internal import StorageDigests
internal import StorageFiles
internal import StorageFormats
internal import StorageModel

/// Beside each blob lies `<sha256>.json`: what is needed to make the database again, one line of JSON for each file that
/// has this content. Lines are only ever added; of several with one id the last one holds.
extension BlobDirectory {
  /// Notes that the content of a blob is that of a file, made at `time` for the sake of `project`. It outlives a crash
  /// of the machine once this returns.
  func note(
    _ file: FileRow, madeAt time: String, for project: String, beside digest: SHA256Digest
  ) throws(FileError) {
    let directory = try root.blobFolder(of: digest)
    let path = directory.path.appending(LocalPath(checked: Array("\(digest.hex).json".utf8)))
    let base = directory.descriptor.number
    let sidecar = FileDescriptor(
      owning: try retrying(.open, path) {
        openat(base, "\(digest.hex).json", O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
      })
    let byteCount = Int64(try sidecar.status(named: path).st_size)
    var line = file.sidecarLine(madeAt: time, for: project)
    if byteCount > 0, try sidecar.endsInsideLine(byteCount, named: path) { line.insert(UInt8(ascii: "\n"), at: 0) }
    // In one call: lines of several processes do not mix.
    let count = Glibc.write(sidecar.number, line, line.count)
    guard count == line.count else { throw .failed(.write, path, code: count < 0 ? errno : ENOSPC) }
    guard fsync(sidecar.number) == 0 else { throw .failed(.write, path, code: errno) }
    // Whoever made it may not have come to that yet.
    try directory.sync()
  }
}

extension FileDescriptor {
  /// Whether whoever wrote last died over it.
  fileprivate borrowing func endsInsideLine(_ byteCount: Int64, named path: LocalPath) throws(FileError) -> Bool {
    var last: UInt8 = 0
    let outcome = withUnsafeMutableBytes(of: &last) { byte in
      Result { () throws(FileError) in try read(into: byte, at: byteCount - 1, named: path) }
    }
    return try outcome.get() == 1 && last != UInt8(ascii: "\n")
  }
}

extension FileRow {
  /// Under the names of the columns, with the bucket, the conversation it was stored for and the project it waits for.
  fileprivate func sidecarLine(madeAt time: String, for project: String) -> [UInt8] {
    var line = JSONWriter()
    line.beginObject()
    write(to: &line)
    line.key("bucket")
    line.value(bucket)
    line.key("continuation_id")
    if let id = metadata.continuationID { line.value(id) } else { line.null() }
    line.key("created_at")
    line.value(time)
    line.key("project")
    line.value(project)
    line.endObject()
    return line.bytes + [UInt8(ascii: "\n")]
  }
}
