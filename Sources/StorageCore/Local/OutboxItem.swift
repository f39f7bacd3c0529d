/// Something that the local store took and a project at Supabase does not have yet.
struct OutboxItem: Sendable, Equatable {
  /// What was done here and is to be done there. Conversations are their continuation ids: their uuids are other ones
  /// there.
  enum Change: Sendable, Hashable {
    case conversation(String)
    /// Its object, its row as it is here, and the link to the conversation it was stored for.
    case file(FileID)
    case link(FileID, String)
    case unlink(FileID, String)
    case message(String)
  }

  /// The word for a kind of change, in the order in which they are sent.
  enum Kind: String, Sendable, CaseIterable {
    case conversation, file, link, unlink, message
  }

  /// Grows with every change; the same change made again gets a new one.
  var seq: Int64
  var change: Change
  /// How often it was tried.
  var attempts = 0
  /// Refused for good: not tried again before somebody asks for it.
  var isParked = false
  /// What it failed with last.
  var error: StorageError?
  /// When it was first made, as the local store writes times.
  var createdAt: String
}

/// What waits for one project.
struct Backlog: Sendable, Equatable {
  /// By kind, parked items not counted.
  var waiting: [OutboxItem.Kind: Int] = [:]
  var parkedCount = 0
  /// Bytes of the files that wait.
  var byteCount: Int64 = 0
  /// Of what waits, when the first of it was made.
  var oldest: String?
  /// Items that wait for other projects.
  var otherCount = 0

  var waitingCount: Int { waiting.values.reduce(0, +) }
}

extension OutboxItem.Change {
  var kind: OutboxItem.Kind {
    switch self {
    case .conversation: .conversation
    case .file: .file
    case .link: .link
    case .unlink: .unlink
    case .message: .message
    }
  }

  var fileID: FileID? {
    switch self {
    case .file(let id), .link(let id, _), .unlink(let id, _): id
    case .conversation, .message: nil
    }
  }

  var continuationID: String? {
    switch self {
    case .conversation(let id), .link(_, let id), .unlink(_, let id): id
    case .file, .message: nil
    }
  }

  var messageID: String? { if case .message(let id) = self { id } else { nil } }
}
