internal import StorageCore
package import SupastoreShell

extension Conversation {
  package var json: JSONDocument { json(isKept: false) }

  /// - Parameter isKept: whether it waits in the local store, whose uuids mean nothing elsewhere.
  package func json(isKept: Bool) -> JSONDocument {
    [
      "id": isKept ? .null : .string(id), "continuation_id": .string(continuationID), "title": JSONDocument(title),
      "metadata": JSONDocument(metadata), "created_at": JSONDocument(createdAt), "updated_at": JSONDocument(updatedAt),
    ]
  }

  /// As its own line: with the type first.
  package var line: JSONDocument { ["type": "conversation"] + json }

  package static func table(width: Int?) -> StreamedTable {
    StreamedTable(
      [
        .init(title: "CONTINUATION ID", width: 36), .init(title: "CREATED (UTC)", width: 16, canBeMissed: true),
        .init(title: "TITLE"),
      ], width: width)
  }

  package var tableCells: [String] { [continuationID, minute(of: createdAt), title ?? ""] }

  /// What people see of one, a name and a value each.
  package var facts: [(String, String)] {
    var facts = [("conversation", continuationID), ("id", id), ("title", title ?? "none")]
    facts += [("created", minute(of: createdAt)), ("updated", minute(of: updatedAt))]
    if !metadata.isEmpty { facts.append(("metadata", JSONDocument(metadata).line)) }
    return facts
  }
}

extension Message {
  package var json: JSONDocument {
    [
      "id": .string(id), "role": .string(role.rawValue), "content": .string(content),
      "metadata": JSONDocument(metadata), "created_at": JSONDocument(createdAt),
    ]
  }

  /// Who said it and when, then what; its lines are set in, so that none passes for something else.
  package var lines: [String] {
    ["", "\(role.rawValue), \(minute(of: createdAt))"]
      + content.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
  }
}

extension Console {
  /// Names and values, the values in one column.
  package func result(facts: [(String, String)]) throws(OutputError) {
    let width = facts.map(\.0.count).max() ?? 0
    for (name, value) in facts {
      try result("\(name)\(String(repeating: " ", count: width - name.count))  \(value)")
    }
  }
}
