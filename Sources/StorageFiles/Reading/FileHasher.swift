internal import Glibc
package import StorageDigests

/// Reads files once, from start to end, through one fixed buffer, and digests what it reads. One thread at a time; it blocks.
package struct FileHasher: ~Copyable {
  /// The part that the S3 back end cuts a large POST into.
  package static let partByteCount = 16 << 20
  /// A content up to this size can be kept while it is hashed, and sent from memory.
  package static let keptByteCount: Int64 = 8 << 20

  private var digester: ContentDigester
  private let buffer: UnsafeMutableRawBufferPointer

  package init(md5 cut: MD5Cut = .wholeAndParts(ofBytes: partByteCount)) throws(DigestError) {
    digester = try ContentDigester(md5: cut)
    buffer = .allocate(byteCount: 256 << 10, alignment: 4096)
  }

  deinit { buffer.deallocate() }

  /// The digests of `file`; throws `changed` when it is not, from first byte to last, the file that was opened.
  package mutating func digests(of file: SourceFile) throws(FileError) -> ContentDigests {
    try digests(of: file) { _ in }
  }

  /// Digests `file` and leaves its content in `content`, whose capacity is reused; for files up to `keptByteCount`.
  /// The content of a larger one is not kept: `content` is then empty.
  package mutating func digests(of file: SourceFile, keeping content: inout [UInt8]) throws(FileError) -> ContentDigests
  {
    content.removeAll(keepingCapacity: true)
    guard file.status.byteCount <= Self.keptByteCount else { return try digests(of: file) }
    content.reserveCapacity(Int(file.status.byteCount))
    return try digests(of: file) { content.append(contentsOf: $0) }
  }

  private mutating func digests(
    of file: SourceFile, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(FileError) -> ContentDigests {
    try undigestible(file) { () throws(DigestError) in try digester.restart() }
    var offset: Int64 = 0
    while offset <= file.status.byteCount {
      let count = try file.read(into: buffer, at: offset)
      if count == 0 { break }
      let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      try undigestible(file) { () throws(DigestError) in try digester.update(piece) }
      take(piece)
      offset += Int64(count)
    }
    guard offset == file.status.byteCount, try !file.hasChanged() else { throw .changed(file.path) }
    return try undigestible(file) { () throws(DigestError) in try digester.finish() }
  }
}

private func undigestible<Result>(
  _ file: SourceFile, _ body: () throws(DigestError) -> Result
) throws(FileError) -> Result {
  do throws(DigestError) {
    return try body()
  } catch {
    throw .undigestible(file.path, error)
  }
}
