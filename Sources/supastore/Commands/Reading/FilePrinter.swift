internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// Prints files in the form that was asked for.
struct FilePrinter {
  private enum Form {
    case table(StreamedTable)
    case json, csv, paths
  }

  private let form: Form
  private let console: Console
  private var isEmpty = true

  init(_ arguments: Arguments, _ console: Console) throws(UsageError) {
    self.console = console
    let given = [
      ("--json", console.isJSON), ("--csv", arguments[ListCommand.csv]), ("--print0", arguments[ListCommand.paths]),
      ("--count", arguments[ListCommand.count] && !console.isJSON),
    ].filter(\.1).map(\.0)
    guard given.count <= 1 else {
      throw UsageError("\(given[0]) and \(given[1]) exclude each other", hint: "choose one of them")
    }
    if console.isJSON {
      form = .json
    } else if arguments[ListCommand.csv] {
      form = .csv
    } else {
      form = arguments[ListCommand.paths] ? .paths : .table(FileRow.table(width: console.tableWidth))
    }
  }

  mutating func show(_ row: FileRow) throws(OutputError) {
    if isEmpty { try begin() }
    isEmpty = false
    switch form {
    case .table(let table): try console.result(table.line(row.tableCells))
    case .json: try console.result(["type": "file"] + row.json)
    case .csv: try console.result(text: CSV.line(row.csvFields))
    case .paths: try console.result(text: row.storagePath + "\0")
    }
  }

  func end(_ listing: Listing, of project: OpenProject) throws(OutputError) {
    switch form {
    case .json: return try console.result(.page(listing) + project.origin)
    case .csv: if isEmpty { try begin() }
    case .table: if isEmpty { console.note("no file matches") }
    case .paths: break
    }
    if let next = listing.next {
      console.note("more files follow: show all with --all, or go on with --cursor \(next)")
    }
  }

  private func begin() throws(OutputError) {
    switch form {
    case .table(let table): try console.result(table.header)
    case .csv: try console.result(text: CSV.line(FileRow.csvHeader))
    case .json, .paths: break
    }
  }
}
