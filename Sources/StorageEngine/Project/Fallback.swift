public import StorageModel
package import StorageRunning

/// What takes a project's place while its service is down, and keeps what is to be brought there.
///
/// What waits is what somebody stored here for the project; nothing is made by asking.
package protocol Fallback: Sendable {
  /// What is known of the service being down.
  var outage: Outage { get }

  /// The place itself, as a project, made when it is missing. Where nothing can be kept that is what is told, as the hint
  /// of `outage`, unless what is there is damaged.
  func open(after outage: StorageError) async throws(StorageError) -> OpenProject

  /// The same, where nothing is made; nil when nothing was ever kept.
  func existing() async throws(StorageError) -> OpenProject?

  /// The outcomes of files that were stored here, as those of files that wait.
  func queue(_ outcomes: [FileOutcome]) async throws(StorageError) -> [FileOutcome]

  /// How many files wait.
  func waitingFileCount() async throws(StorageError) -> Int

  /// The rows of those files that wait, and the place that holds them.
  func waiting(
    _ references: some Collection<FileReference> & Sendable
  ) async throws(StorageError) -> (rows: [FileReference: FileRow], project: OpenProject)?

  /// What of a conversation waits: its row, and the files that only it is linked to. Nil when nothing does.
  func waiting(
    inConversation id: String
  ) async throws(StorageError) -> (conversation: Conversation, rows: [FileRow], project: OpenProject)?

  /// Those of the files that wait for other projects as well wait for this one no longer; they are returned. The others
  /// are left as they are.
  func withdraw(_ files: [FileID]) async throws(StorageError) -> Set<FileID>

  /// What else of a conversation waits for the project waits no longer.
  func withdraw(conversation id: String) async throws(StorageError)
}

extension OpenProject {
  /// How many files wait in the local store, and are not among those of the project; 0 where nothing waits.
  public func waitingFileCount() async throws(StorageError) -> Int { try await fallback?.waitingFileCount() ?? 0 }

  /// Whether an error means that the service is down, so that something else takes its place.
  static func isOutage(_ error: StorageError) -> Bool { error.code == .unreachable }

  /// Does `body` with this project; if its service is down, and something stands in for it, with that.
  ///
  /// What is not in the local store may well be at Supabase: that it is not found there means nothing.
  /// - Returns: also what the service was down with, when it was.
  func fallingBack<Value>(
    _ body: (OpenProject) async throws(StorageError) -> Value
  ) async throws(StorageError) -> (value: Value, outage: StorageError?) {
    do throws(StorageError) {
      return (try await body(self), nil)
    } catch {
      guard let fallback, Self.isOutage(error) else { throw error }
      let local = try await fallback.open(after: error)
      let outage = error
      do throws(StorageError) {
        return (try await body(local), outage)
      } catch {
        throw error.code == .notFound ? outage : error
      }
    }
  }
}
