internal import StorageModel
internal import StoragePlaces
import Synchronization

/// Fetches stored files: from the cache where it holds them, else from the project.
package final class Downloader: Sendable {
  private let project: OpenProject?
  let projectURL: String
  let cache: DownloadCache?
  /// What made further requests pointless, once it happened: the service is down, or says no to the key.
  private let end = Mutex<StorageError?>(nil)
  /// Files that are fetched from the local store, where they wait for Supabase.
  private let waiting = Mutex<Set<FileID>>([])

  package init(_ project: OpenProject, cache: DownloadCache? = nil) {
    self.project = project
    projectURL = project.url ?? ""
    self.cache = project.url == nil ? nil : cache
  }

  /// One that sends no request: what `cache` does not hold of the project cannot be had.
  /// - Parameters:
  ///   - projectURL: in its normal form, as `Configuration.projectAddress` gives it.
  ///   - cache: without one nothing can be had.
  package init(offline projectURL: String, cache: DownloadCache?) {
    project = nil
    self.projectURL = projectURL
    self.cache = cache
  }

  /// The project, to be asked for `subject`, as long as asking it makes sense.
  func online(for subject: @autoclosure () -> String) throws(StorageError) -> OpenProject {
    guard let project else { throw Self.notHere(subject()) }
    if let error = end.withLock(\.self) { throw error }
    return project
  }

  /// Where a row's object is to be had.
  func holder(of row: FileRow) async throws(StorageError) -> OpenProject {
    if waiting.withLock({ $0.contains(row.id) }), let local = try await project?.fallback?.existing() {
      return local
    }
    return try online(for: row.storagePath)
  }

  private static func notHere(_ subject: String) -> StorageError {
    StorageError(
      .unreachable, "the cache does not hold \(subject), and offline nothing else is asked",
      hint: "run the same command without --offline")
  }

  /// Notes what kind of error came: some make asking for anything else pointless.
  func note(_ error: StorageError) {
    if project != nil, [.unreachable, .denied].contains(error.code) { end.withLock { $0 = $0 ?? error } }
  }

  /// The rows of what is asked for, in the same order: from the cache where it knows them, the others in few requests.
  func rows(of references: [FileReference]) async -> [Result<FileRow, StorageError>] {
    var known: [FileReference: FileRow] = [:]
    if let cache {
      for reference in references { known[reference] = await cache.row(of: reference, in: projectURL) }
    }
    var failure: StorageError?
    do throws(StorageError) {
      try await find(references.filter { known[$0] == nil }, &known)
    } catch {
      failure = error
      note(error)
    }
    await findWaiting(references.filter { known[$0] == nil }, &known)
    return references.map { reference in
      if let row = known[reference] { return .success(row) }
      if project == nil { return .failure(Self.notHere(reference.description)) }
      return .failure(failure ?? .noFile(reference))
    }
  }

  /// What is not at Supabase, or cannot be asked there, may wait in the local store.
  private func findWaiting(
    _ references: [FileReference], _ known: inout [FileReference: FileRow]
  ) async {
    // A local store that is damaged says nothing about what is at Supabase.
    guard let found = try? await project?.fallback?.waiting(references)?.rows else { return }
    waiting.withLock { $0.formUnion(found.values.map(\.id)) }
    known.merge(found) { first, _ in first }
  }

  private func find(
    _ references: [FileReference], _ known: inout [FileReference: FileRow]
  ) async throws(StorageError) {
    if references.isEmpty { return }
    try await online(for: references[0].description).rows.find(references, into: &known)
  }
}
