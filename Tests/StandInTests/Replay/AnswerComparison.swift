import TestSupport

/// Collects how an answer differs from the recorded one.
struct AnswerComparison {
  private static let comparedHeaders = [
    "content-type", "etag", "cache-control", "accept-ranges", "content-range", "last-modified", "location", "expires",
    "content-disposition", "x-robots-tag", "allow", "connection", "x-transformations", "tus-resumable", "tus-version",
    "tus-extension", "tus-max-size", "tus-complete", "upload-offset", "upload-length", "upload-defer-length",
    "upload-metadata", "upload-expires",
  ]

  let placeholders: Placeholders
  private(set) var differences: [String] = []

  init(placeholders: Placeholders) {
    self.placeholders = placeholders
  }

  mutating func note(_ difference: String) {
    differences.append(difference)
  }

  mutating func compare(_ wanted: RecordedLine.Response?, _ received: ReplayWire.Outcome, method: String) {
    switch (wanted?.status, received) {
    case (.some(let status), .answer(let answer)):
      compare(status, wanted, answer, method: method)
    case (nil, .timedOut):
      if wanted?.error != "timeout" { note("want \(wanted?.error ?? "nothing"), got none in time") }
    case (nil, .nothing):
      if wanted?.error == "timeout" { note("want none in time, got a closed connection") }
    case (let status, _):
      note("want \(status.map(String.init) ?? wanted?.error ?? "nothing"), got \(received)")
    }
  }

  private mutating func compare(
    _ status: Int, _ wanted: RecordedLine.Response?, _ answer: RawAnswer, method: String
  ) {
    if answer.status != status { note("status: want \(status), got \(answer.status) \(answer.text.prefix(200))") }
    let interim = wanted?.interim ?? []
    if answer.interim != interim { note("interim answers: want \(interim), got \(answer.interim)") }
    let headers = Dictionary((wanted?.headers ?? []).map { ($0[0].lowercased(), $0[1]) }) { $1 }
    compareHeaders(headers, answer.headers, isHead: method == "HEAD")
    switch wanted?.body {
    case .text(let text): compareText(text, answer)
    case .listing(let summary): compareListing(summary, answer.body)
    case .digest(let sha256, let length):
      if Digest.hex(Digest.sha256(answer.body)) != sha256 {
        note("body: want \(length) bytes, got \(answer.body.count); the digests differ")
      }
    case nil: break
    }
  }

  private mutating func compareHeaders(_ wanted: [String: String], _ received: [String: String], isHead: Bool) {
    for name in Self.comparedHeaders + (isHead ? ["content-length"] : []) {
      var (want, got) = (wanted[name], received[name])
      if name == "connection" {
        want = want?.lowercased() == "close" ? want : nil
        got = got?.lowercased() == "close" ? got : nil
      }
      if let want, let got, placeholders.agree(want, got) { continue }
      if want != nil || got != nil { note("header \(name): want \(want ?? "none"), got \(got ?? "none")") }
    }
  }

  private mutating func compareText(_ wanted: String, _ answer: RawAnswer) {
    if let want = JSONValue(wanted.utf8), let got = JSONValue(answer.body) {
      compareJSON(want, got, at: "$")
    } else if !placeholders.agree(wanted, answer.text) {
      note("body: want \(wanted.prefix(300)), got \(answer.text.prefix(300))")
    }
  }

  private mutating func compareJSON(_ wanted: JSONValue, _ received: JSONValue, at path: String) {
    switch (wanted, received) {
    case (.object(let want), .object(let got)):
      for key in Set(want.keys).union(got.keys).sorted() {
        switch (want[key], got[key]) {
        case (.some(let want), .some(let got)): compareJSON(want, got, at: "\(path).\(key)")
        case (.some, nil): note("\(path).\(key): missing")
        case (nil, let got): note("\(path).\(key): unexpected \(got ?? .null)")
        }
      }
    case (.array(let want), .array(let got)) where want.count == got.count:
      for (index, (want, got)) in zip(want, got).enumerated() { compareJSON(want, got, at: "\(path)[\(index)]") }
    case (.string(let want), .string(let got)):
      if !placeholders.agree(want, got) { note("\(path): want \(placeholders.fill(want)), got \(got)") }
    default:
      if wanted != received { note("\(path): want \(wanted), got \(received)") }
    }
  }

  /// Compares a long listing with the facts noted about the recorded one.
  private mutating func compareListing(_ summary: JSONValue, _ body: [UInt8]) {
    guard let document = JSONValue(body), let rows = document.array ?? document["objects"]?.array,
      case let names = rows.compactMap({ $0["name"]?.string }), names.count == rows.count
    else { return note("body: no listing") }
    let isUnordered = summary["any_order"] == .bool(true)
    let ordered = isUnordered ? names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) } : names
    var facts: [String: JSONValue] = [
      "rows": .integer(Int64(rows.count)),
      "names_sha256": .string(Digest.hex(Digest.sha256(Array(ordered.joined(separator: "\n").utf8)))),
    ]
    let metadata = rows.map { $0["metadata"] }
    facts["sum_of_sizes"] = .integer(metadata.compactMap { $0?["size"]?.integer }.reduce(0, +))
    facts["every_row_has_size_and_etag"] = .bool(metadata.allSatisfy { $0?["size"] != nil && $0?["eTag"] != nil })
    for (fact, value) in facts {
      if let wanted = summary[fact] { compareJSON(wanted, value, at: fact) }
    }
    if !isUnordered, let first = rows.first, let last = rows.last {
      compareJSON(summary["first"] ?? .null, first, at: "first row")
      compareJSON(summary["last"] ?? .null, last, at: "last row")
    }
    if case .object(var rest) = document {
      rest["objects"] = nil
      compareJSON(summary["rest"] ?? .object([:]), .object(rest), at: "$")
    }
  }
}
