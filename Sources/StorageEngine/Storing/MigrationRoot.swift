package import StorageFiles
public import StorageModel

/// A directory to migrate, and the conversation its files belong to.
public struct MigrationRoot: Sendable {
  package let source: SourceRoot
  /// Of the conversation its files are linked to; nil for none.
  public let continuationID: String?

  package init(_ source: SourceRoot, continuationID: String?) {
    self.source = source
    self.continuationID = continuationID
  }

  /// Opens the directories. Without `continuationID` each one's base name, links resolved, is its conversation's.
  ///
  /// Throws `.configuration` when one cannot be opened, when one lies in another, or when two share a base name, for
  /// then a file would be stored twice or land in a conversation that nobody meant.
  public static func open(_ paths: [LocalPath], continuationID: String?) throws(StorageError) -> [MigrationRoot] {
    var roots: [MigrationRoot] = []
    for path in paths {
      let source: SourceRoot
      do throws(FileError) {
        source = try SourceRoot(at: path)
      } catch {
        throw StorageError(
          .configuration, error.description,
          hint: "name an existing directory that can be read; `supastore upload` stores one file")
      }
      for other in roots {
        try check(source, beside: other.source, namesConversations: continuationID == nil)
      }
      if let continuationID {
        roots.append(MigrationRoot(source, continuationID: continuationID))
      } else {
        roots.append(MigrationRoot(source, continuationID: try name(of: source)))
      }
    }
    return roots
  }

  private static func check(
    _ root: SourceRoot, beside other: SourceRoot, namesConversations: Bool
  ) throws(StorageError) {
    if root.realPath.isInside(other.realPath) || other.realPath.isInside(root.realPath) {
      throw StorageError(
        .configuration, "\(root.path) and \(other.path) overlap", hint: "migrate the outer directory alone")
    }
    if namesConversations, root.realPath.baseName == other.realPath.baseName {
      throw StorageError(
        .configuration, "\(root.path) and \(other.path) have the same base name",
        hint: "say which conversation the files belong to with --conversation ID, or migrate them one by one")
    }
  }

  private static func name(of root: SourceRoot) throws(StorageError) -> String {
    guard let name = root.realPath.baseName?.string else {
      throw StorageError(
        .configuration, "\(root.path) has no base name that could name a conversation", hint: "use --conversation ID")
    }
    return name
  }
}
