internal import CommandTable
package import StorageCore
package import SupastoreShell

extension Removal {
  /// - Parameter now: what ages count from.
  package func json(at now: Timestamp?) -> JSONDocument {
    [
      "type": "removal", "status": .string(status.rawValue), "class": JSONDocument(kind?.rawValue),
      "id": JSONDocument(fileID?.description), "bucket": JSONDocument(object.bucket.isEmpty ? nil : object.bucket),
      "storage_path": JSONDocument(object.key.isEmpty ? nil : object.key),
      "original_name": JSONDocument(originalName), "size_bytes": JSONDocument(byteCount),
      "sha256": JSONDocument(sha256), "since": JSONDocument(since), "age_seconds": JSONDocument(age(at: now)),
      "links": JSONDocument(linkCount), "safeguard": JSONDocument(error?.safeguard?.rawValue),
      "error": error.map(\.json) ?? .null,
    ]
  }

  /// Seconds.
  private func age(at now: Timestamp?) -> Int64? {
    guard let now, let since = since.flatMap({ Timestamp($0) }) else { return nil }
    return (now.microseconds - since.microseconds) / 1_000_000
  }

  /// What it is about.
  package var subject: String {
    if object.key.isEmpty { return fileID.map { "file \($0)" } ?? "a file" }
    return object.bucket.isEmpty ? object.key : "\(object.bucket)/\(object.key)"
  }

  // MARK: A table for people

  static func table(width: Int?) -> StreamedTable {
    StreamedTable(
      [
        .init(title: "WHAT", width: 10), .init(title: "SIZE", width: 8, alignsRight: true),
        .init(title: "AGE", width: 7, alignsRight: true, canBeMissed: true), .init(title: "PATH"),
      ], width: width)
  }

  func tableCells(at now: Timestamp?) -> [String] {
    [
      kind?.noun ?? status.rawValue, byteCount.map { "\(ByteSize($0))" } ?? "?",
      age(at: now).map { Duration.seconds($0).brief } ?? "?", subject,
    ]
  }
}

extension CleanupClass {
  /// For people, of one.
  var noun: String {
    switch self {
    case .orphan: "orphan"
    case .expired: "expired"
    case .object: "no row"
    case .purge: "in trash"
    case .unfinished: "purging"
    case .missing: "no object"
    }
  }

  /// For people, of so many.
  func phrase(_ count: Int) -> String {
    switch self {
    case .orphan: "\(count) linked to no conversation"
    case .expired: "\(count) expired"
    case .object: "\(counted(count, "object")) without a row"
    case .purge: "\(count) long enough in the trash"
    case .unfinished: "\(counted(count, "purge")) to be ended"
    case .missing: "\(counted(count, "row")) without an object"
    }
  }
}

extension ExitStatus {
  /// The status of things that were to be removed. What was not there any more was done already.
  package static func of(_ removals: some Collection<Removal>) -> ExitStatus {
    let failures = removals.compactMap(\.error).map { ExitStatus($0) }
    return ofItems(succeeded: removals.count - failures.count, failures: failures)
  }
}
