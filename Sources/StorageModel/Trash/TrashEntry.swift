public import FoundationEssentials
public import StorageFormats

/// Why something is in the trash. The words of the JSON contract and of the database.
public enum TrashRule: String, Sendable, CaseIterable {
  /// A file that was linked to no conversation.
  case orphan
  /// A file whose time was over.
  case expired
  /// An object that no row described.
  case object
  /// Somebody named the file.
  case deleted
  /// The one conversation it was linked to was deleted.
  case conversation
}

/// Something that was deleted and can be brought back, or what is left of it.
public struct TrashEntry: Sendable, Equatable {
  /// How far it is on its way out.
  public enum State: String, Sendable, CaseIterable {
    /// Can be restored: nothing of it was deleted yet.
    case trashed
    /// Its object is being deleted.
    case purging
    /// Its object is gone.
    case purged
  }

  /// Where its object lies, or lay.
  public var object: ObjectAddress
  /// How far it is.
  public var state: State
  /// Why it is there.
  public var rule: TrashRule
  /// The run that put it there.
  public var run: UUID
  /// As the database writes times, and so are the other two.
  public var trashedAt: String
  /// Nil for an object of which it is not known.
  public var fileID: FileID?
  /// The whole row of `files`; nil when there was none.
  public var file: JSONValue?
  /// The continuation ids of the conversations it was linked to.
  public var conversations: [String]
  /// Of the conversation that it was deleted with.
  public var continuationID: String?
  /// In bytes; nil where nothing tells.
  public var byteCount: Int64?
  /// Lower-case hex.
  public var sha256: String?
  /// Set once its purge began.
  public var claimedAt: String?
  /// Set once its object was gone.
  public var purgedAt: String?

  package init(
    object: ObjectAddress, state: State = .trashed, rule: TrashRule, run: UUID, trashedAt: String, fileID: FileID?,
    file: JSONValue?, conversations: [String], continuationID: String? = nil, byteCount: Int64?, sha256: String?,
    claimedAt: String? = nil, purgedAt: String? = nil
  ) {
    self.object = object
    self.state = state
    self.rule = rule
    self.run = run
    self.trashedAt = trashedAt
    self.fileID = fileID
    self.file = file
    self.conversations = conversations
    self.continuationID = continuationID
    self.byteCount = byteCount
    self.sha256 = sha256
    self.claimedAt = claimedAt
    self.purgedAt = purgedAt
  }

  /// Nil for an object without a row.
  public var originalName: String? { file?["original_name"]?.string }
}
