/// Walks the names below a prefix in order and folds what lies deeper into folders: the algorithm of the real server's
/// SQL functions, with its losses.
///
/// Going down, a folder that follows a file is lost unless it holds a second object: the file's batch has already
/// stepped on the folder's row when it ends. Going up, a batch that ends with file `a` goes on at `a/`.
struct StorageFolderScan {
  enum Entry {
    /// The folder's name, with its slash, as the first row in it spells it.
    case folder(String)
    case object(StorageListedObject)
  }

  /// A row and the name by which it is sorted.
  struct Row {
    let sortName: String
    let object: StorageListedObject
  }

  let isAscending: Bool
  /// As it is compared with names to sort by.
  let prefix: String
  /// Files that the real server fetches at once.
  let batchCount: Int
  /// At most so many rows from that name on: inclusive going up, exclusive going down; nil begins at the end.
  let fetch: (_ from: String?, _ isInclusive: Bool, _ count: Int) throws -> [Row]

  /// - Parameters:
  ///   - start: where to begin, as `fetch` takes it.
  ///   - skipping: entries passed over first.
  func entries(from start: String?, skipping: Int = 0, limit: Int) throws -> [Entry] {
    var entries: [Entry] = []
    var toSkip = skipping
    var seek = start
    var isInclusive = isAscending
    var filesInBatch = 0
    var rows: ArraySlice<Row> = []
    var isExhausted = false

    func emit(_ entry: Entry) {
      if toSkip > 0 { toSkip -= 1 } else { entries.append(entry) }
    }

    while entries.count < limit {
      if rows.isEmpty {
        if isExhausted { break }
        let count = min(1000, limit - entries.count + toSkip + 1)
        rows = try fetch(seek, isInclusive, count)[...]
        isExhausted = rows.count < count
        continue
      }
      let row = rows.removeFirst()
      // What was fetched before the scan jumped over it.
      if let seek, isBehind(row.sortName, seek, isInclusive: isInclusive) { continue }
      guard let folder = StorageFolder.of(row.sortName, below: prefix) else {
        emit(.object(row.object))
        filesInBatch += 1
        (seek, isInclusive) = (row.sortName, false)
        if filesInBatch == batchCount {
          filesInBatch = 0
          if isAscending { (seek, isInclusive) = (row.sortName + "/", true) }
        }
        continue
      }
      let endsBatch = filesInBatch > 0
      filesInBatch = 0
      if endsBatch, !isAscending {
        (seek, isInclusive) = (row.sortName, false)
        continue
      }
      emit(.folder(StorageFolder.of(row.object.name, below: prefix) ?? folder))
      (seek, isInclusive) = isAscending ? (folder.dropLast() + "0", true) : (folder, false)
    }
    return entries
  }

  private func isBehind(_ name: String, _ seek: String, isInclusive: Bool) -> Bool {
    let (name, seek) = (name.utf8, seek.utf8)
    if isAscending {
      return name.lexicographicallyPrecedes(seek) || (!isInclusive && name.elementsEqual(seek))
    }
    return !name.lexicographicallyPrecedes(seek)
  }
}
