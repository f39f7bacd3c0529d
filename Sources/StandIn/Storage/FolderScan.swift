/// Lists what lies directly below a prefix: the objects, and each folder once.
///
/// One loss of the real server is kept, for clients have to live with it: going down, the first row behind an object
/// is not seen as a part of a folder, so that a folder of one object is lost there.
struct FolderScan {
  enum Entry {
    /// The folder's name, with its slash, as the first row in it spells it.
    case folder(String)
    case object(ListedObject)
  }

  /// A row and the name by which it is sorted.
  struct Row {
    let sortName: String
    let object: ListedObject
  }

  let isAscending: Bool
  /// As it is compared with names to sort by.
  let prefix: String
  /// At most so many rows from that name on: inclusive or behind it; nil begins at the end where the order begins.
  let fetch: (_ from: String?, _ isInclusive: Bool, _ count: Int) throws -> [Row]

  /// - Parameters:
  ///   - start: where to begin, as `fetch` takes it: inclusive going up, exclusive going down.
  ///   - skipping: entries passed over first.
  func entries(from start: String?, skipping: Int = 0, limit: Int) throws -> [Entry] {
    var walk = Walk(self, from: start, pieceCount: min(1000, limit + skipping + 1))
    var entries: [Entry] = []
    var isBehindObject = false
    while entries.count < limit + skipping, let row = try walk.next() {
      guard let folder = Folder.of(row.sortName, below: prefix) else {
        entries.append(.object(row.object))
        isBehindObject = true
        continue
      }
      let isLost = isBehindObject && !isAscending
      isBehindObject = false
      if isLost { continue }
      entries.append(.folder(Folder.of(row.object.name, below: prefix) ?? folder))
      walk.leave(folder)
    }
    return Array(entries.dropFirst(skipping))
  }
}

/// The rows of a scan one after the other, fetched in pieces.
private struct Walk {
  private let scan: FolderScan
  private let pieceCount: Int
  /// Where the next piece begins.
  private var position: String?
  private var isInclusive: Bool
  private var fetched: ArraySlice<FolderScan.Row> = []
  private var isExhausted = false

  init(_ scan: FolderScan, from start: String?, pieceCount: Int) {
    self.scan = scan
    self.pieceCount = pieceCount
    position = start
    isInclusive = scan.isAscending
  }

  mutating func next() throws -> FolderScan.Row? {
    if fetched.isEmpty, !isExhausted {
      fetched = try scan.fetch(position, isInclusive, pieceCount)[...]
      isExhausted = fetched.count < pieceCount
    }
    guard let row = fetched.popFirst() else { return nil }
    (position, isInclusive) = (row.sortName, false)
    return row
  }

  /// Goes on behind everything in the folder, whose name ends with its slash.
  mutating func leave(_ folder: String) {
    fetched = fetched.drop { $0.sortName.utf8.starts(with: folder.utf8) }
    // "0" follows the slash in ASCII.
    (position, isInclusive) = scan.isAscending ? (folder.dropLast() + "0", true) : (folder, false)
  }
}
