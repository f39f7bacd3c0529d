internal import StorageModel
internal import SupabaseClient

/// A row of which only `id` was asked for.
struct IDRow: Decodable, Sendable {
  let id: FileID
}

/// A row of `conversation_files`.
struct LinkRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case id = "file_id"
    case conversationID = "conversation_id"
  }

  let id: FileID
  /// Nil where it was not asked for.
  let conversationID: String?
}

/// A row of an answer, with the links in `conversation_files` that it was chosen for.
struct LinkedRow<Row: Decodable & Sendable>: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case links = "conversation_files"
    case createdAt = "created_at"
  }

  let row: Row
  /// Column by column; empty where the rows were not chosen for links.
  private let links: [[String: String]]

  init(from decoder: any Decoder) throws {
    row = try Row(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    // Of an answer, that is: what this machine noted itself may be of a clock that was wrong.
    _ = try container.decodeTime(forKey: .createdAt)
    links = (try? container.decodeIfPresent([[String: String]].self, forKey: .links)) ?? []
  }

  /// Whether it has the link that was asked for.
  func isLinked(by link: Junction.Link) -> Bool {
    !links.isEmpty && links.allSatisfy { $0[link.column.name] == link.value }
  }
}
