internal import FoundationEssentials
internal import StorageFormats

/// A row of `supastore_trash`.
package struct TrashRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case bucket, key, state, rule, file, links, sha256
    case run = "run_id"
    case trashedAt = "trashed_at"
    case fileID = "file_id"
    case continuationID = "continuation_id"
    case byteCount = "size_bytes"
    case claimedAt = "claimed_at"
    case purgedAt = "purged_at"
  }

  private struct Link: Decodable {
    private enum CodingKeys: String, CodingKey {
      case continuationID = "continuation_id"
    }

    let continuationID: String
  }

  package let entry: TrashEntry

  package init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    let (stateName, ruleName) = (
      try row.decode(String.self, forKey: .state), try row.decode(String.self, forKey: .rule)
    )
    guard let state = TrashEntry.State(rawValue: stateName), let rule = TrashRule(rawValue: ruleName) else {
      throw DecodingError.dataCorruptedError(forKey: .state, in: row, debugDescription: "an unknown state or rule")
    }
    entry = TrashEntry(
      object: ObjectAddress(
        bucket: try row.decode(String.self, forKey: .bucket), key: try row.decode(String.self, forKey: .key)),
      state: state, rule: rule, run: try row.decode(UUID.self, forKey: .run),
      trashedAt: try row.decode(String.self, forKey: .trashedAt),
      fileID: try row.decodeIfPresent(FileID.self, forKey: .fileID),
      file: try row.decodeIfPresent(JSONValue.self, forKey: .file),
      conversations: try row.decode([Link].self, forKey: .links).map(\.continuationID),
      continuationID: try row.decodeIfPresent(String.self, forKey: .continuationID),
      byteCount: try row.decodeByteCount(forKey: .byteCount),
      sha256: try row.decodeIfPresent(String.self, forKey: .sha256),
      claimedAt: try row.decodeIfPresent(String.self, forKey: .claimedAt),
      purgedAt: try row.decodeIfPresent(String.self, forKey: .purgedAt))
  }
}

/// What `supastore_delete_conversation` answers; the local store has the entries in it.
package struct DeletedRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case trashed, shared
    case messageCount = "message_count"
  }

  package let deleted: DeletedConversation

  package init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    deleted = DeletedConversation(
      messageCount: try row.decodeCount(forKey: .messageCount),
      trashed: try row.decodeIfPresent([TrashRow].self, forKey: .trashed)?.map(\.entry) ?? [],
      shared: try row.decode([FileID].self, forKey: .shared))
  }
}
