internal import FoundationEssentials
internal import SupabaseClient

/// A row of `supastore_trash`.
struct TrashRow: Decodable, Sendable {
  static let columns: [Column] = [
    "bucket", "key", "state", "rule", "run_id", "trashed_at", "file_id", "file", "links", "continuation_id",
    "size_bytes", "sha256", "claimed_at", "purged_at",
  ]

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

  let entry: TrashEntry

  init(from decoder: any Decoder) throws {
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

/// What `supastore_survey` answers.
struct SurveyRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case time, obstacles, files, links, conversations, rules
    case callerSeesAllRows = "caller_bypasses_rls"
  }

  private struct Amount: Decodable {
    private enum CodingKeys: String, CodingKey {
      case count
      case byteCount = "size_bytes"
    }

    let amount: CleanupSurvey.Amount

    init(from decoder: any Decoder) throws {
      let row = try decoder.container(keyedBy: CodingKeys.self)
      amount = CleanupSurvey.Amount(
        count: try row.decodeCount(forKey: .count), byteCount: try row.decodeByteCount(forKey: .byteCount) ?? 0)
    }
  }

  let survey: CleanupSurvey

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    guard let time = Timestamp(try row.requireTime(forKey: .time)) else {
      throw DecodingError.dataCorruptedError(forKey: .time, in: row, debugDescription: "not a time")
    }
    var amounts: [CleanupClass: CleanupSurvey.Amount] = [:]
    for (name, amount) in try row.decode([String: Amount].self, forKey: .rules) {
      guard let known = CleanupClass(rawValue: name) else { continue }
      amounts[known] = amount.amount
    }
    guard amounts.count == CleanupClass.allCases.count else {
      throw DecodingError.dataCorruptedError(forKey: .rules, in: row, debugDescription: "a class without its amount")
    }
    survey = CleanupSurvey(
      time: time, callerSeesAllRows: try row.decode(Bool.self, forKey: .callerSeesAllRows),
      obstacles: try row.decode([String].self, forKey: .obstacles), fileCount: try row.decodeCount(forKey: .files),
      linkCount: try row.decodeCount(forKey: .links), conversationCount: try row.decodeCount(forKey: .conversations),
      amounts: amounts)
  }
}

/// One element of what `supastore_candidates` answers.
struct CandidateRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case bucket, key, since, sha256, file
    case fileID = "file_id"
    case byteCount = "size_bytes"
    case linkCount = "link_count"
  }

  let candidate: CleanupCandidate

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    candidate = CleanupCandidate(
      object: ObjectAddress(
        bucket: try row.decode(String.self, forKey: .bucket), key: try row.decode(String.self, forKey: .key)),
      fileID: try row.decodeIfPresent(FileID.self, forKey: .fileID),
      since: try row.decodeIfPresent(String.self, forKey: .since),
      byteCount: try row.decodeByteCount(forKey: .byteCount),
      sha256: try row.decodeIfPresent(String.self, forKey: .sha256),
      linkCount: try row.decodeCount(forKey: .linkCount),
      file: try row.decodeIfPresent(JSONValue.self, forKey: .file))
  }
}

/// What `supastore_delete_conversation` answers; the local store has the entries in it.
struct DeletedRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case trashed, shared
    case messageCount = "message_count"
  }

  let deleted: DeletedConversation

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    deleted = DeletedConversation(
      messageCount: try row.decodeCount(forKey: .messageCount),
      trashed: try row.decodeIfPresent([TrashRow].self, forKey: .trashed)?.map(\.entry) ?? [],
      shared: try row.decode([FileID].self, forKey: .shared))
  }
}

/// One element of what `supastore_restore` answers.
struct RestorationRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case bucket, key, result
    case fileID = "file_id"
    case linkCount = "link_count"
    case hasObject = "has_object"
  }

  let restoration: Restoration

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    guard let result = Restoration.Result(rawValue: try row.decode(String.self, forKey: .result)) else {
      throw DecodingError.dataCorruptedError(forKey: .result, in: row, debugDescription: "an unknown result")
    }
    restoration = Restoration(
      object: ObjectAddress(
        bucket: try row.decode(String.self, forKey: .bucket), key: try row.decode(String.self, forKey: .key)),
      fileID: try row.decodeIfPresent(FileID.self, forKey: .fileID), result: result,
      linkCount: try row.decodeCount(forKey: .linkCount),
      hasObject: try row.decode(Bool.self, forKey: .hasObject))
  }
}
