internal import CommandTable
package import StorageCore
package import SupastoreShell
internal import Synchronization

/// Tells what `verify` finds, while it runs and at its end.
package final class CheckReport: Sendable {
  private let console: Console
  private let tellsAll: Bool
  private let stop: StopSignal
  /// Why the result could not be printed.
  private let broken = Mutex<OutputError?>(nil)

  /// - Parameters:
  ///   - tellsAll: also of what is no difference.
  ///   - stop: raised when nothing can be printed any more.
  package init(console: Console, tellsAll: Bool, stop: StopSignal) {
    self.console = console
    self.tellsAll = tellsAll
    self.stop = stop
  }

  package func show(_ finding: CheckFinding) {
    guard tellsAll || finding.kind.isDifference || finding.kind == .unreadable else { return }
    do throws(OutputError) {
      if console.isJSON { try console.result(finding.json) } else { try console.result(finding.line) }
    } catch {
      broken.withLock { $0 = error }
      stop.raise()
    }
  }

  /// Ends the report.
  package func show(
    _ summary: CheckSummary, reading sample: ReadSample?, of project: OpenProject
  ) throws(OutputError) {
    if let error = broken.withLock({ $0 }) { throw error }
    if let error = summary.endedBy, error.code != .interrupted { console.error(ErrorReport(error)) }
    if console.isJSON {
      try console.result(summary.json(reading: sample) + project.origin)
    } else {
      try console.result(summary.line)
    }
  }
}

extension CheckFinding.Kind {
  /// As in `rclone check --combined`; a dot: explained.
  var sign: String {
    switch self {
    case .same: "="
    case .objectMissing, .bytesMissing, .notStored: "+"
    case .rowMissing: "-"
    case .sizeDiffers, .digestDiffers, .sourceDiffers, .rowDiffers: "*"
    case .unreadable: "!"
    case .trashed, .pending, .foreignObject: "."
    }
  }
}

extension CheckFinding {
  /// Where a person looks for it: the source, or the object in its bucket.
  private var shownPlace: String {
    path?.description ?? "\(bucket ?? "")/\(storagePath ?? "")"
  }

  fileprivate var line: String {
    var parts = [kind.rawValue]
    if let byteCount, let objectByteCount, kind == .sizeDiffers {
      parts.append("\(byteCount) bytes expected, \(objectByteCount) there")
    }
    if isRepaired { parts.append("repaired") }
    if let error {
      let hint = error.hint.map { "; \($0)" } ?? ""
      parts.append(kind == .unreadable ? error.message : "not repaired: \(error.message)\(hint)")
    }
    return "\(kind.sign) \(shownPlace)  \(parts.joined(separator: ", "))"
  }

  fileprivate var json: JSONDocument {
    [
      "type": "file", "status": .string(kind.rawValue), "sign": .string(kind.sign), "id": JSONDocument(id?.description),
      "bucket": JSONDocument(bucket), "storage_path": JSONDocument(storagePath),
      "path": JSONDocument(path.map { $0.string ?? $0.description }),
      "path_base64": JSONDocument(path?.base64UnlessUTF8),
      "sha256": JSONDocument(sha256), "size_bytes": JSONDocument(byteCount),
      "object_size_bytes": JSONDocument(objectByteCount), "touched": .bool(depth >= .firstByte),
      "read": .bool(depth == .allBytes),
      "repaired": .bool(isRepaired),
      "error": error.map(\.json) ?? .null,
    ]
  }
}

extension CheckSummary {
  fileprivate func json(reading sample: ReadSample?) -> JSONDocument {
    var members: [JSONDocument.Member] = [
      .init(name: "type", value: "summary"), .init(name: "objects", value: JSONDocument(objectCount)),
      .init(name: "rows", value: JSONDocument(rowCount)), .init(name: "sources", value: JSONDocument(sourceCount)),
    ]
    for kind in CheckFinding.Kind.allCases {
      members.append(.init(name: kind.rawValue, value: JSONDocument(counts[kind] ?? 0)))
    }
    members += [
      .init(name: "differences", value: JSONDocument(differenceCount)),
      .init(name: "repaired", value: JSONDocument(repairedCount)),
      .init(name: "not_asked", value: JSONDocument(unaskedCount)),
      .init(name: "touched", value: JSONDocument(touchedCount)),
      .init(name: "read", value: JSONDocument(readCount)), .init(name: "bytes", value: JSONDocument(readByteCount)),
      .init(name: "sample", value: JSONDocument(sample?.description)),
      .init(name: "requests", value: JSONDocument(requestCount)),
      .init(name: "seconds", value: .number(duration / .seconds(1))),
      .init(name: "error", value: endedBy.map(\.json) ?? .null),
    ]
    return .object(members)
  }

  /// For people.
  fileprivate var line: String {
    var parts: [String] = []
    for kind in CheckFinding.Kind.allCases {
      if let count = counts[kind] { parts.append("\(count) \(kind.rawValue.replacing("_", with: " "))") }
    }
    if repairedCount > 0 { parts.append("\(repairedCount) repaired") }
    let sources = sourceCount.map { ", \($0) sources" } ?? ""
    let result: String
    if endedBy != nil {
      result = "not finished"
    } else if differenceCount > 0 {
      result = counted(differenceCount, "difference")
    } else {
      result = unaskedCount > 0 ? "no differences in what is listed" : "no differences"
    }
    return "\(rowCount) rows, \(objectCount) objects\(sources): \(result)"
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
      + "; \(bytes)\(requestCount) requests, \(duration.brief)"
  }

  /// Of how many files bytes were asked for.
  private var bytes: String {
    var parts: [String] = []
    if readCount > 0 { parts.append("read \(readCount), \(ByteSize(readByteCount))") }
    if touchedCount > 0 { parts.append("first byte of \(touchedCount)") }
    if unaskedCount > 0 { parts.append("no byte asked for of \(unaskedCount) (--touch, --read)") }
    return parts.isEmpty ? "" : parts.joined(separator: ", ") + "; "
  }
}

extension ExitStatus {
  /// How a check ends: by a signal, by what ended it early, by what it could not look at, or by what differs.
  package static func of(_ summary: CheckSummary, _ signal: ExitStatus?) -> ExitStatus {
    let failures = summary.failures.keys.map { ExitStatus(StorageError($0, "")) }
    let items = ofItems(succeeded: summary.counts[.same] ?? 0, failures: failures)
    let end = summary.endedBy.map { ExitStatus($0) } ?? .done
    return ofRun([signal ?? .done, end, items, summary.differenceCount > 0 ? .different : .done])
  }
}
