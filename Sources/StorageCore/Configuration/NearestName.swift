extension Collection<String> {
  /// The entry that a mistyped name probably meant: one change away, or no farther than a quarter of its length. The first
  /// of several.
  func nearest(to name: String) -> String? {
    let ranked = map { (entry: $0, distance: changes(from: Array(name.utf8), to: Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= Swift.max(1, name.utf8.count / 4) ? best.entry : nil
  }
}

/// How many bytes must be put in, taken out or replaced.
private func changes(from left: [UInt8], to right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (index, byte) in left.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in right.indices {
      let replaced = diagonal + (byte == right[column] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = Swift.min(replaced, row[column] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
