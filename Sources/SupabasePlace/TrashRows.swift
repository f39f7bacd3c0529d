internal import StorageFormats
internal import StorageModel

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

    let amount: CleanupAmount

    init(from decoder: any Decoder) throws {
      let row = try decoder.container(keyedBy: CodingKeys.self)
      amount = CleanupAmount(
        count: try row.decodeCount(forKey: .count), byteCount: try row.decodeByteCount(forKey: .byteCount) ?? 0)
    }
  }

  let survey: CleanupSurvey

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    guard let time = Timestamp(try row.requireTime(forKey: .time)) else {
      throw DecodingError.dataCorruptedError(forKey: .time, in: row, debugDescription: "not a time")
    }
    var amounts: [CleanupClass: CleanupAmount] = [:]
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
