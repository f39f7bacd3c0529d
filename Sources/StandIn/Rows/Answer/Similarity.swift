/// The candidate most like `text`, if its likeness is at least `minimum`: what PostgREST's hints name.
///
/// Likeness is one minus the edit distance over the longer length, in lower case. Only candidates that share three, or
/// else two, letters in a row are looked at.
func closestMatch(to text: String, in candidates: [String], minimum: Double) -> String? {
  let wanted = text.lowercased()
  if let same = candidates.first(where: { $0.lowercased() == wanted }) { return same }
  for length in [3, 2] {
    let wantedSequences = sequences(of: wanted, length: length)
    var best: (candidate: String, likeness: Double)?
    for candidate in candidates where !wantedSequences.isDisjoint(with: sequences(of: candidate, length: length)) {
      let likeness = likeness(wanted, candidate.lowercased())
      if likeness >= minimum, likeness > best?.likeness ?? -1 { best = (candidate, likeness) }
    }
    if let best { return best.candidate }
  }
  return nil
}

/// The `length` letters in a row of a text without its punctuation, its ends marked.
private func sequences(of text: String, length: Int) -> Set<[Character]> {
  let letters = Array(
    "-" + text.lowercased().filter { $0.isLetter || $0.isNumber || $0.isWhitespace || $0 == "," } + "-")
  guard letters.count >= length else { return [] }
  return Set((0...letters.count - length).map { Array(letters[$0..<$0 + length]) })
}

private func likeness(_ left: String, _ right: String) -> Double {
  let left = Array(left.unicodeScalars)
  let right = Array(right.unicodeScalars)
  guard !left.isEmpty || !right.isEmpty else { return 1 }
  var previous = Array(0...right.count)
  for (row, scalar) in left.enumerated() {
    var current = [row + 1]
    for (column, other) in right.enumerated() {
      current.append(
        min(previous[column] + (scalar == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  return 1 - Double(previous[right.count]) / Double(max(left.count, right.count))
}
