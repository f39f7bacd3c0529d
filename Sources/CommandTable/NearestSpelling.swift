extension Collection<String> {
  /// The entry that a mistyped word most probably meant; `nil` when none is near. A word that is the beginning of
  /// exactly one entry means that one.
  func nearest(to word: String) -> String? {
    let continuations = filter { word.count > 1 && $0.hasPrefix(word) }
    if continuations.count == 1 { return continuations[0] }
    let typed = Array(word.lowercased().utf8)
    let tolerance = typed.count <= 3 ? 1 : typed.count <= 8 ? 2 : 3
    let ranked = map { (entry: $0, distance: editDistance(typed, Array($0.lowercased().utf8))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    // A distance as long as the word itself would call any two short words alike.
    return best.distance <= tolerance && best.distance < typed.count ? best.entry : nil
  }
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
      var cost = Swift.min(replaced, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        cost = Swift.min(cost, beforePrevious[column - 1] + 1)
      }
      current.append(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.count]
}
