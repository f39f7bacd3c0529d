internal import StorageFormats

extension Collection<String> {
  /// The entry that a mistyped name probably meant: one change away, or no farther than a quarter of its length. The first
  /// of several.
  func nearest(to name: String) -> String? {
    let ranked = map { (entry: $0, distance: editDistance(Array(name.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= Swift.max(1, name.utf8.count / 4) ? best.entry : nil
  }
}
