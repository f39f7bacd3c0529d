extension Duration {
  /// Two units at most: `850ms`, `42s`, `3m 05s`, `1h 02m`, `2d 03h`.
  package var brief: String {
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
