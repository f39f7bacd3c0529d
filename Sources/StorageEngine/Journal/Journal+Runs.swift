internal import Glibc
internal import StorageDigests
internal import StorageFiles
internal import StorageModel
package import StorageRunning
internal import StorageSQLite

/// The last runs. One that was killed left nothing: a run is noted at its end, in one transaction.
extension Journal {
  /// Runs that are remembered.
  static let keptRunCount = 100

  private static let runColumns =
    ["command", "ended", "duration"] + PastRun.countNames + ["byte_count", "sent_byte_count", "error"]

  /// Notes a run that is over, in place of the oldest one.
  package static func note(_ run: PastRun, at place: JournalPlace) throws(StateError) {
    try reporting(place) { path throws(SQLiteError) in
      // A run is not held up by others to be told of later.
      let database = try open(path, busyTimeout: .seconds(1))
      try database.transaction { () throws(SQLiteError) in
        var insertion = try database.prepare(
          """
          INSERT INTO run (\(runColumns.joined(separator: ", ")))
          VALUES (\(runColumns.map { _ in "?" }.joined(separator: ", ")))
          """)
        try insertion.run(run.columns)
        try database.execute("DELETE FROM run WHERE id <= last_insert_rowid() - \(keptRunCount)")
      }
    }
  }

  /// The runs that are remembered, the last one first. Nothing is made; a journal that would begin anew holds none.
  package static func runs(at place: JournalPlace) throws(StateError) -> [PastRun] {
    try reporting(place) { path throws(SQLiteError) in
      guard path.withCString({ access($0, F_OK) }) == 0 else { return [] }
      do throws(SQLiteError) {
        let database = try Database(.file(path.bytes), schema: schema, creates: false)
        var selection = try database.prepare("SELECT \(runColumns.joined(separator: ", ")) FROM run ORDER BY id DESC")
        var runs: [PastRun] = []
        while try selection.step() { runs.append(try PastRun(selection)) }
        return runs
      } catch {
        switch error {
        case .damaged, .otherVersion: return []
        case .busy, .moved, .foreign, .missingParent, .constraint, .full, .readOnly, .cannotOpen, .failed: throw error
        }
      }
    }
  }

  private static func reporting<Value>(
    _ place: JournalPlace, _ body: (LocalPath) throws(SQLiteError) -> Value
  ) throws(StateError) -> Value {
    let path: LocalPath
    do throws(DigestError) {
      path = try place.journal()
    } catch {
      throw .file(.undigestible(place.directory, error))
    }
    do throws(SQLiteError) {
      return try body(path)
    } catch {
      throw .database(path, error)
    }
  }
}

extension PastRun {
  /// Of the columns that count.
  static let countNames = FileOutcome.Status.allCases.map(\.rawValue) + removalStatuses.map(\.rawValue)

  fileprivate var columns: [SQLiteValue] {
    let counts =
      FileOutcome.Status.allCases.map { self.counts[$0] ?? 0 } + Self.removalStatuses.map { removals[$0] ?? 0 }
    return [.text(command), .integer(endedAt.microseconds), .integer(duration.microseconds)]
      + counts.map { .integer(Int64($0)) }
      + [.integer(byteCount), .integer(sentByteCount), errorCode.map { .text($0) } ?? .null]
  }

  fileprivate init(_ row: borrowing Statement) throws(SQLiteError) {
    guard let endedAt = Timestamp(microseconds: row.integer(1)) else { throw .damaged("a time that is none") }
    var counts: [FileOutcome.Status: Int] = [:]
    var column = 3
    for status in FileOutcome.Status.allCases {
      if row.integer(column) > 0 { counts[status] = Int(row.integer(column)) }
      column += 1
    }
    var removals: [Removal.Status: Int] = [:]
    for status in Self.removalStatuses {
      if row.integer(column) > 0 { removals[status] = Int(row.integer(column)) }
      column += 1
    }
    self.init(
      command: try row.text(0), endedAt: endedAt, duration: .microseconds(row.integer(2)), counts: counts,
      removals: removals, byteCount: row.integer(column), sentByteCount: row.integer(column + 1),
      errorCode: row.value(column + 2).text)
  }
}

extension Duration {
  fileprivate var microseconds: Int64 {
    let (product, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : product + components.attoseconds / 1_000_000_000_000
  }
}
