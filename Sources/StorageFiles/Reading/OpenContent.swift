package import StorageDigests

/// An open file whose bytes can be read again and again, from any thread.
package protocol OpenContent: Sendable {
  /// Reads at `offset` until `buffer` is full or the file ends, and says how much that was.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int
}

extension OpenContent {
  /// Calls `body` with one piece of the range after the other, as far as the file goes. Blocks.
  package func forEachPiece(of range: Range<Int64>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { buffer.deallocate() }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(clamping: range.upperBound - offset)))
      let count = try read(into: room, at: offset)
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += Int64(count)
    }
  }

  package func sha256(of range: Range<Int64>) throws -> SHA256Digest {
    var context = try DigestContext<SHA256Digest>()
    try forEachPiece(of: range) { try context.update($0) }
    return try context.finish()
  }
}
