/// Something that the local store took and a project at Supabase does not have yet.
public struct OutboxItem: Sendable, Equatable {
  /// What was done here and is to be done there. Conversations are their continuation ids: their uuids are other ones
  /// there.
  public enum Change: Sendable, Hashable {
    /// A conversation, by its continuation id.
    case conversation(String)
    /// Its object, its row as it is here, and the link to the conversation it was stored for.
    case file(FileID)
    /// A further link of a file, to the conversation of that id.
    case link(FileID, String)
    /// A link that was taken away.
    case unlink(FileID, String)
    /// A message, by its id here.
    case message(String)
  }

  /// The word for a kind of change, in the order in which they are sent.
  public enum Kind: String, Sendable, CaseIterable {
    /// As the change of that name.
    case conversation, file, link, unlink, message
  }

  /// Grows with every change; the same change made again gets a new one.
  public var seq: Int64
  /// What was done here and is to be done there.
  public var change: Change
  /// How often it was tried.
  public var attempts = 0
  /// Refused for good: not tried again before somebody asks for it.
  public var isParked = false
  /// What it failed with last.
  public var error: StorageError?
  /// When it was first made, as the local store writes times.
  public var createdAt: String

  package init(
    seq: Int64, change: Change, attempts: Int = 0, isParked: Bool = false, error: StorageError? = nil, createdAt: String
  ) {
    self.seq = seq
    self.change = change
    self.attempts = attempts
    self.isParked = isParked
    self.error = error
    self.createdAt = createdAt
  }
}

/// What waits for one project.
public struct Backlog: Sendable, Equatable {
  /// By kind, parked items not counted.
  public var waiting: [OutboxItem.Kind: Int] = [:]
  /// Items that were refused for good.
  public var parkedCount = 0
  /// Bytes of the files that wait.
  public var byteCount: Int64 = 0
  /// Of what waits, when the first of it was made.
  public var oldest: String?
  /// Items that wait for other projects.
  public var otherCount = 0

  package init() {}

  /// Of all kinds, parked items not counted.
  public var waitingCount: Int { waiting.values.reduce(0, +) }
}

extension OutboxItem.Change {
  /// The word for it.
  public var kind: OutboxItem.Kind {
    switch self {
    case .conversation: .conversation
    case .file: .file
    case .link: .link
    case .unlink: .unlink
    case .message: .message
    }
  }

  /// The file it is about; nil for conversations and messages.
  public var fileID: FileID? {
    switch self {
    case .file(let id), .link(let id, _), .unlink(let id, _): id
    case .conversation, .message: nil
    }
  }

  /// The conversation it is about; nil for files and messages.
  public var continuationID: String? {
    switch self {
    case .conversation(let id), .link(_, let id), .unlink(_, let id): id
    case .file, .message: nil
    }
  }

  /// The message it is about; nil for everything else.
  public var messageID: String? { if case .message(let id) = self { id } else { nil } }
}
