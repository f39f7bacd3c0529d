public import StorageModel
internal import StoragePlaces

/// All there is to know of one stored file without reading it.
public struct FileInfo: Sendable {
  /// How a file's object compares with its row.
  public enum ObjectState: Sendable, Equatable {
    /// As long as the row says, or of any size where the row says nothing.
    case present(StoredObject)
    /// Nothing is in the bucket.
    case missing
    /// It is not as long as the row says.
    case differentSize(StoredObject)

    /// What lies in the bucket.
    public var object: StoredObject? {
      switch self {
      case .present(let object), .differentSize(let object): object
      case .missing: nil
      }
    }
  }

  /// As the database has it.
  public var row: FileRow
  /// Those it is linked to, newest first.
  public var conversations: [Conversation]
  /// Of its object.
  public var state: ObjectState
  /// Where it is; `.local` of a file that waits there for Supabase.
  public var backend: Backend
}

extension OpenProject {
  /// A file's row, its conversations, and whether its object is there. Throws `.notFound` when there is no row.
  ///
  /// What is not at Supabase, or cannot be asked there, is looked for among what waits in the local store.
  public func info(_ reference: FileReference) async throws(StorageError) -> FileInfo {
    do throws(StorageError) {
      return try await infoHere(reference)
    } catch {
      // A local store that is damaged says nothing about what is at Supabase.
      guard error.code == .notFound || Self.isOutage(error), let waiting = try? await fallback?.waiting([reference])
      else { throw error }
      return try await waiting.project.infoHere(reference)
    }
  }

  private func infoHere(_ reference: FileReference) async throws(StorageError) -> FileInfo {
    let row = try await file(reference)
    let conversations = try await rows.conversations(of: row.id)
    let state: FileInfo.ObjectState
    if let object = try await objects.object(row.storagePath, in: row.bucket) {
      state = row.byteCount == nil || row.byteCount == object.byteCount ? .present(object) : .differentSize(object)
    } else {
      state = .missing
    }
    return FileInfo(row: row, conversations: conversations, state: state, backend: backend)
  }
}
