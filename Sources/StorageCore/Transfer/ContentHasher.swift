internal import Digests

/// Digests files that were downloaded, away from the threads that everybody shares.
actor ContentHasher {
  static let shared = ContentHasher()

  private let executor = BlockingExecutor(label: "supastore.hasher")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// The digests of what `file` holds now, whatever it held when it was opened.
  func digests(of file: PartialFile) throws(StorageError) -> ContentDigests {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { buffer.deallocate() }
    do {
      var digester = try ContentDigester(md5: .whole)
      var offset: Int64 = 0
      while true {
        let count = try file.read(into: buffer, at: offset)
        if count == 0 { return try digester.finish() }
        try digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        offset += Int64(count)
      }
    } catch let error as FileError {
      throw StorageError(error)
    } catch {
      throw StorageError(.damaged, "libcrypto failed: \(error)")
    }
  }
}
