/// Lays text out for a terminal of a given width.
struct TextLayout {
  let width: Int

  /// The longest left column that still leaves the right one on the same line.
  private static let widestTerm = 26

  /// Breaks at spaces; a word that is too long stands alone. Lines of the text itself are kept.
  func wrap(_ text: String, indent: Int = 0) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let room = max(width - indent, 20)
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
      var lines: [String] = []
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > room {
          lines.append(margin + line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      return lines + [line.isEmpty ? "" : margin + line]
    }
  }

  /// Two columns, indented by two; the right one is wrapped within itself.
  func columns(_ rows: [(term: String, meaning: String)]) -> [String] {
    let fitting = rows.map(\.term.count).filter { $0 <= Self.widestTerm }
    let indent = 2 + (fitting.max() ?? Self.widestTerm) + 2
    return rows.flatMap { term, meaning -> [String] in
      let lines = wrap(meaning, indent: indent)
      guard 2 + term.count + 2 <= indent, let first = lines.first else { return ["  " + term] + lines }
      let gap = String(repeating: " ", count: indent - 2 - term.count)
      return ["  " + term + gap + first.drop { $0 == " " }] + lines.dropFirst()
    }
  }
}
