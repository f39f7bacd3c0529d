import StorageEngine
import StorageModel
import StorageRunning
import TestSupport
import Testing

@testable import StorageCore

/// The two places where files can be kept, which must not differ.
enum StoreUnderTest: CaseIterable, Sendable {
  case supabase, local

  /// Runs `body` with an empty one that has its buckets.
  func withOpen(_ body: (OpenProject) async throws -> Void) async throws {
    switch self {
    case .supabase:
      try await MigrationFixture.withBuckets().open(body)
    case .local:
      let directory = try TestSupport.TemporaryDirectory()
      try await withLocalStore(in: directory, body)
    }
  }
}

/// Runs `body` with the local store whose state directory is `state` in a directory.
func withLocalStore<Value: Sendable>(
  in directory: TestSupport.TemporaryDirectory, _ body: (OpenProject) async throws -> Value
) async throws -> Value {
  let state = try StateDirectory(at: LocalPath(checked: Array(directory["state"].utf8)))
  return try await OpenProject.withLocalStore(
    in: state, retrier: Retrier(budget: RetryBudget(), clock: InstantClock()), body)
}

/// The id of a test's row.
func id(_ number: Int) throws -> FileID {
  let digits = String(number, radix: 16)
  return try #require(FileID("00000000-0000-8000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits))
}

/// A row, on a path that follows from its number unless it is given.
func row(
  _ number: Int, path: String? = nil, name: String = "n", mediaType: String? = "text/plain", byteCount: Int64? = 1,
  type: FileType = .userUpload, metadata: FileMetadata = FileMetadata()
) throws -> FileRow {
  FileRow(
    id: try id(number), storagePath: path ?? "uploads/c/\(number)", originalName: name, mediaType: mediaType,
    byteCount: byteCount, type: type, metadata: metadata)
}

/// The code of the error that `body` throws.
func code(_ body: () async throws -> Void) async -> StorageError.Code? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? StorageError)?.code
  }
}
