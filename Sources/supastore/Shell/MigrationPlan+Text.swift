internal import CommandTable
internal import StorageCore

extension MigrationPlan {
  /// The last line of `migrate --dry-run --json`.
  var json: JSONDocument {
    [
      "type": "plan", "files": JSONDocument(fileCount), "bytes": JSONDocument(byteCount),
      "unchanged": JSONDocument(unchangedCount), "send_files": JSONDocument(sendCount),
      "send_bytes": JSONDocument(sendByteCount), "refused": JSONDocument(refusedCount),
      "skipped": JSONDocument(refusals.count - refusedCount), "requests": JSONDocument(requestCount),
    ]
  }

  /// For people.
  var lines: [String] {
    [
      "\(fileCount) files, \(ByteSize(byteCount))",
      "\(sendCount) to send, \(ByteSize(sendByteCount)); \(unchangedCount) stored already",
      "\(refusedCount) refused, \(refusals.count - refusedCount) skipped",
      "\(requestCount) requests needed",
    ]
  }

  private var refusedCount: Int { refusals.count { $0.error != nil } }
}
