/// Where the next page of a list of version 2 begins: base64 of lines such as `l:name`.
struct ListCursor {
  /// The name of the last row, a folder's without its slash.
  var last: String
  var order: String?
  var column: String?
  /// ISO 8601: what the column held in the last row.
  var time: String?

  init(last: String, order: String?, column: String?, time: String?) {
    self.last = last
    self.order = order
    self.column = column
    self.time = time
  }

  /// Decodes. A cursor that tells no order means ascending.
  init(_ text: String) throws(StorageError) {
    var lines: [Character: String] = [:]
    let decoded = String(decoding: Base64.decodeLeniently(text), as: UTF8.self)
    for line in decoded.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let letter = line.first, "loca".contains(letter), line.dropFirst().first == ":" else {
        throw .invalidParameter("Invalid Parameter continuation token")
      }
      lines[letter] = String(line.dropFirst(2))
    }
    guard let last = lines["l"] else { throw .invalidParameter("Invalid Parameter continuation token") }
    self.init(last: last, order: lines["o"] ?? "asc", column: lines["c"], time: lines["a"])
  }

  var text: String {
    let parts = [("l", last), ("o", order ?? ""), ("c", column ?? ""), ("a", time ?? "")]
    let lines = parts.filter { !$0.1.isEmpty }.map { "\($0.0):\($0.1)" }
    return Base64.encode(Array(lines.joined(separator: "\n").utf8))
  }
}
