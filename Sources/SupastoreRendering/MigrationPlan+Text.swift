internal import CommandTable
internal import StorageCore
package import SupastoreShell

extension MigrationPlan {
  /// The last line of `migrate --dry-run --json`.
  package var json: JSONDocument {
    [
      "type": "plan", "files": JSONDocument(fileCount), "bytes": JSONDocument(byteCount),
      "unchanged": JSONDocument(unchangedCount), "ask_files": JSONDocument(askCount),
      "send_files": JSONDocument(sendCount),
      "send_bytes": JSONDocument(sendByteCount), "refused": JSONDocument(refusedCount),
      "skipped": JSONDocument(refusals.count - refusedCount),
      "requests": JSONDocument(requestCount),
    ]
  }

  /// For people.
  package var lines: [String] {
    let asked = askCount > 0 ? "; \(askCount) to be asked for their first byte" : ""
    return [
      "\(fileCount) files, \(ByteSize(byteCount))",
      "\(sendCount) to send, \(ByteSize(sendByteCount)); \(unchangedCount) stored already\(asked)",
      "\(refusedCount) refused, \(refusals.count - refusedCount) skipped",
      "\(requestCount) requests needed",
    ]
  }

  private var refusedCount: Int { refusals.count { $0.error != nil } }
}
