import Synchronization

/// Fetches stored files: from the cache where it holds them, else from the project.
public final class Downloader: Sendable {
  private let project: OpenProject?
  let projectURL: String
  let cache: DownloadCache?
  /// What made further requests pointless, once it happened: the service is down, or says no to the key.
  private let end = Mutex<StorageError?>(nil)

  public init(_ project: OpenProject, cache: DownloadCache? = nil) {
    self.project = project
    projectURL = project.url ?? ""
    // The local store is as near as a cache could be.
    self.cache = project.url == nil ? nil : cache
  }

  /// One that sends no request: what `cache` does not hold of the project cannot be had.
  /// - Parameters:
  ///   - projectURL: in its normal form, as `Configuration.projectAddress` gives it.
  ///   - cache: without one nothing can be had.
  public init(offline projectURL: String, cache: DownloadCache?) {
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
    do throws(StorageError) {
      try await find(references.filter { known[$0] == nil }, &known)
    } catch {
      note(error)
      return references.map { reference in
        known[reference].map { .success($0) }
          ?? .failure(project == nil ? Self.notHere(reference.description) : error)
      }
    }
    return references.map { reference in known[reference].map { .success($0) } ?? .failure(.noFile(reference)) }
  }

  private func find(
    _ references: [FileReference], _ known: inout [FileReference: FileRow]
  ) async throws(StorageError) {
    if references.isEmpty { return }
    try await online(for: references[0].description).rows.find(references, into: &known)
  }
}
