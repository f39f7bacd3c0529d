internal import CommandTable

/// How far a transfer has come. A total that is not known is `nil`, never a guess.
struct TransferProgress: Hashable, Sendable {
  var fileCount: Int
  var totalFileCount: Int?
  var byteCount: Int64
  var totalByteCount: Int64?

  /// `412 of 5678 files, 1.2 MiB of 50.0 MiB, 3.1 MiB/s, 16s left`, as far as it is known.
  func line(bytesPerSecond: Double?) -> String {
    var parts = [
      "\(fileCount)" + (totalFileCount.map { " of \($0)" } ?? "") + " files",
      "\(ByteSize(byteCount))" + (totalByteCount.map { " of \(ByteSize($0))" } ?? ""),
    ]
    if let bytesPerSecond {
      parts.append("\(ByteSize(Int64(bytesPerSecond)))/s")
      if let totalByteCount, totalByteCount > byteCount, bytesPerSecond >= 1 {
        parts.append(Duration.seconds(Double(totalByteCount - byteCount) / bytesPerSecond).brief + " left")
      }
    }
    return parts.joined(separator: ", ")
  }
}

extension Duration {
  /// Two units at most: `850ms`, `42s`, `3m 05s`, `1h 02m`, `2d 03h`.
  var brief: String {
    if self < .seconds(1) { return "\(components.attoseconds / 1_000_000_000_000_000)ms" }
    let seconds = components.seconds
    func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
      "\(large)\(largeUnit) \(small < 10 ? "0" : "")\(small)\(smallUnit)"
    }
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return pair(seconds / 60, "m", seconds % 60, "s")
    case ..<86400: return pair(seconds / 3600, "h", seconds / 60 % 60, "m")
    default: return pair(seconds / 86400, "d", seconds / 3600 % 24, "h")
    }
  }
}
