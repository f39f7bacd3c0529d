internal import StorageFormats

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
