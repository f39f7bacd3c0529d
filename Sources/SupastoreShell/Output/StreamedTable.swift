internal import CommandTable

/// A table whose lines are printed as they come: no column waits for the longest cell. The last column takes what room is
/// left; on a terminal too narrow for the others, those that can be missed go first.
package struct StreamedTable {
  package struct Column {
    package var title: String
    package var width = 0
    package var alignsRight = false
    /// Dropped when the terminal is too narrow.
    package var canBeMissed = false

    package init(title: String, width: Int = 0, alignsRight: Bool = false, canBeMissed: Bool = false) {
      self.title = title
      self.width = width
      self.alignsRight = alignsRight
      self.canBeMissed = canBeMissed
    }
  }

  private static let gap = 2
  private static let leastRoom = 12

  private let columns: [Column]
  /// Which of the cells are shown.
  private let shown: [Int]
  private let width: Int?

  /// - Parameter width: what lines are cut to; nil: nothing is cut.
  package init(_ columns: [Column], width: Int?) {
    self.columns = columns
    self.width = width
    var shown = Array(columns.indices)
    while let width, shown.dropLast().map({ columns[$0].width + Self.gap }).reduce(Self.leastRoom, +) > width,
      let missed = shown.dropLast().last(where: { columns[$0].canBeMissed })
    {
      shown.removeAll { $0 == missed }
    }
    self.shown = shown
  }

  package var header: String { line(columns.map(\.title)) }

  /// One cell for each column. Control characters are shown as escapes.
  package func line(_ cells: [String]) -> String {
    var line = ""
    for index in shown {
      let column = columns[index]
      var cell = String(printable: cells[index])
      if index == columns.count - 1 {
        line += cell
      } else {
        if width != nil { cell = cell.cut(toColumns: column.width) }
        let padding = String(repeating: " ", count: max(0, column.width - cell.columnCount))
        line += (column.alignsRight ? padding + cell : cell + padding) + String(repeating: " ", count: Self.gap)
      }
    }
    return width.map { line.cut(toColumns: $0) } ?? line
  }
}

extension String {
  /// How many columns of a terminal it takes.
  var columnCount: Int { unicodeScalars.reduce(0) { $0 + $1.columnCount } }

  /// Whole, or as much of it as fits before an ellipsis.
  func cut(toColumns limit: Int) -> String {
    guard columnCount > limit else { return self }
    var kept = String.UnicodeScalarView()
    var room = limit - 1
    for scalar in unicodeScalars {
      room -= scalar.columnCount
      if room < 0 { break }
      kept.append(scalar)
    }
    return String(kept) + "…"
  }
}

extension Unicode.Scalar {
  /// Marks are set on the character before them; East Asian characters and pictures take two columns.
  fileprivate var columnCount: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
