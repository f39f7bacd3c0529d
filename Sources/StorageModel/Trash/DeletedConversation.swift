/// What went with a conversation.
package struct DeletedConversation: Sendable, Equatable {
  package var messageCount: Int
  package var trashed: [TrashEntry]
  /// Files that are linked to other conversations as well, and stayed.
  package var shared: [FileID]

  package init(messageCount: Int, trashed: [TrashEntry], shared: [FileID]) {
    self.messageCount = messageCount
    self.trashed = trashed
    self.shared = shared
  }
}

/// What became of an entry that was to be restored.
public struct Restoration: Sendable, Equatable {
  /// The words of the JSON contract and of the database.
  public enum Result: String, Sendable, CaseIterable {
    /// Its row is back, with its links to conversations that exist.
    case restored
    /// Another row has its path or its id.
    case taken
    /// Its object is being deleted, or gone.
    case purging, purged
    /// It is not in the trash.
    case absent
  }

  /// Where its object lies, or lay.
  public var object: ObjectAddress
  /// Of its row; nil for an object that had none.
  public var fileID: FileID?
  /// What became of it.
  public var result: Result
  /// Links that were made again.
  public var linkCount: Int
  /// Whether its object is there; of one that is restored, whether its first byte came back.
  public var hasObject: Bool
  /// Why its bytes could not be asked for; its row is back.
  public var failure: StorageError?

  package init(object: ObjectAddress, fileID: FileID?, result: Result, linkCount: Int, hasObject: Bool) {
    self.object = object
    self.fileID = fileID
    self.result = result
    self.linkCount = linkCount
    self.hasObject = hasObject
  }
}
