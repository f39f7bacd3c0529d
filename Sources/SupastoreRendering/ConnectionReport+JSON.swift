internal import StorageCore
package import SupastoreShell

extension ConnectionReport {
  package var json: JSONDocument {
    [
      "type": "connection-test", "passed": .bool(passed), "passed_count": JSONDocument(passedCount),
      "total": JSONDocument(ConnectionCheck.allCases.count), "tests": .array(entries.map(\.json)),
    ]
  }
}

extension ConnectionReport.Entry {
  fileprivate var json: JSONDocument {
    [
      "number": JSONDocument(check.rawValue), "title": .string(check.title), "passed": .bool(passed),
      "findings": .array(findings.map(\.json)),
    ]
  }
}

extension ConnectionFinding {
  fileprivate var json: JSONDocument {
    switch self {
    case .variable(let name, let isSet, let isRequired, let source):
      [
        "kind": "variable", "name": .string(name), "set": .bool(isSet), "required": .bool(isRequired),
        "source": .string(source),
      ]
    case .initialized(let url): ["kind": "initialized", "url": .string(url)]
    case .schema(let version, let description, let appliedAt):
      [
        "kind": "schema_version", "version": JSONDocument(version), "description": JSONDocument(description),
        "applied_at": JSONDocument(appliedAt),
      ]
    case .table(let name, let rowCount):
      ["kind": "table", "name": .string(name), "rows": JSONDocument(rowCount)]
    case .tableFailed(let name, let error): ["kind": "table_failed", "name": .string(name), "error": error.json]
    case .bucket(let bucket):
      [
        "kind": "bucket", "name": .string(bucket.name), "public": .bool(bucket.isPublic),
        "file_size_limit": JSONDocument(bucket.byteLimit),
      ]
    case .bucketFailed(let name, let error): ["kind": "bucket_failed", "name": .string(name), "error": error.json]
    case .conversationCreated(let id): ["kind": "conversation_created", "id": .string(id)]
    case .messageCreated(let id): ["kind": "message_created", "id": .string(id)]
    case .historyRead(let messageCount): ["kind": "history_read", "messages": JSONDocument(messageCount)]
    case .cleanedUp: ["kind": "cleaned_up"]
    case .failed(let error): ["kind": "failed", "error": error.json]
    case .stopped(let earlier): ["kind": "not_run", "stopped_by": JSONDocument(earlier.rawValue)]
    }
  }
}

extension StorageError {
  /// As everywhere in our JSON: `{code, message, hint, retryable}`.
  package var json: JSONDocument { ErrorReport(self).body }
}
