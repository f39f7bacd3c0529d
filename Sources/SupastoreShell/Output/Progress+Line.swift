internal import CommandTable
internal import StorageCore

extension Progress {
  /// `412 of 5678 files, 1.2 MiB of 50.0 MiB, 3.1 MiB/s, 16s left`, as far as it is known: a total of 0 is one that
  /// nobody has counted yet.
  func line(bytesPerSecond: Double?) -> String {
    var parts = [
      "\(fileCount)" + (totalFileCount > 0 ? " of \(totalFileCount)" : "") + " files",
      "\(ByteSize(byteCount))" + (totalByteCount > 0 ? " of \(ByteSize(totalByteCount))" : ""),
    ]
    if let bytesPerSecond {
      parts.append("\(ByteSize(Int64(bytesPerSecond)))/s")
      if totalByteCount > byteCount, bytesPerSecond >= 1 {
        parts.append(Duration.seconds(Double(totalByteCount - byteCount) / bytesPerSecond).brief + " left")
      }
    }
    return parts.joined(separator: ", ")
  }
}
