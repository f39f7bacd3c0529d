internal import Digests
internal import FoundationEssentials
internal import Glibc

/// Where a download goes.
public enum DownloadTarget: Sendable {
  /// Exactly this file.
  case file(LocalPath)
  /// Into this directory, under the file's own name.
  case directory(LocalPath)
  /// Somewhere that cannot be taken back, such as standard output: called with one piece after the other when all is
  /// verified. What it throws ends the download.
  case sink(@Sendable (UnsafeRawBufferPointer) throws -> Void)
}

/// A file that was downloaded and verified.
public struct DownloadedFile: Sendable {
  public var row: FileRow
  /// Nil when it went to a sink.
  public var path: LocalPath?
  public var byteCount: Int64
  /// Lower-case hex, of the bytes that came.
  public var sha256: String
  /// Whether the row holds a digest that this was compared with; rows of other programs may hold none.
  public var isVerified: Bool
}

extension OpenProject {
  /// Downloads a stored file. The target is absent, what it was before, or the whole verified content; never less.
  ///
  /// Throws what a sink throws, `.notFound` without a row, `.objectMissing` when the row has no object, `.integrity`
  /// when the bytes are not those that were stored, `.unwritable` when the target cannot be written, `.conflict` when it
  /// is there already and is not to be replaced.
  public func download(
    _ reference: FileReference, to target: DownloadTarget, replacing: Bool = false
  ) async throws -> DownloadedFile {
    let row = try await file(reference)
    let path = Self.path(of: row, target)
    do throws(FileError) {
      if let path, !replacing { try PartialFile.checkAbsent(path) }
    } catch {
      throw StorageError(error, whileWriting: path)
    }
    let part: PartialFile
    do throws(FileError) {
      part = try PartialFile(in: path?.directory ?? journalPlace.directory)
    } catch {
      throw StorageError(error, whileWriting: path)
    }
    defer { part.remove() }
    try await fetch(row, into: part)
    let digest = try await ContentHasher.shared.digests(of: part)
    try Self.verify(digest, against: row)
    do throws(FileError) {
      if let path { try part.commit(as: path, replacing: replacing) }
    } catch {
      throw StorageError(error, whileWriting: path)
    }
    if case .sink(let write) = target { try part.copy(to: write) }
    return DownloadedFile(
      row: row, path: path, byteCount: digest.byteCount, sha256: digest.sha256.hex,
      isVerified: row.metadata.sha256 != nil)
  }

  private func fetch(_ row: FileRow, into part: PartialFile) async throws(StorageError) {
    do throws(StorageError) {
      try await objects.read(
        row.storagePath, in: row.bucket, into: part.descriptor, limit: row.byteCount.map { $0 + 1 } ?? .max)
    } catch {
      guard error.code == .notFound else { throw error }
      throw StorageError(
        .objectMissing, "the row of \(row.storagePath) is there, its object is not in bucket \(row.bucket)",
        hint: "store the file again: the same command mends it")
    }
  }

  private static func verify(_ digest: ContentDigests, against row: FileRow) throws(StorageError) {
    let fits = row.byteCount.map { $0 == digest.byteCount } ?? true
    guard fits, row.metadata.sha256.map({ $0 == digest.sha256.hex }) ?? true else {
      throw StorageError(
        .integrity, "the object of \(row.storagePath) holds other bytes than its row says; nothing was written",
        hint: "store the file again from its source, or remove it")
    }
  }

  private static func path(of row: FileRow, _ target: DownloadTarget) -> LocalPath? {
    switch target {
    case .file(let path): path
    case .directory(let directory): directory.appending(row.localName)
    case .sink: nil
    }
  }
}

extension FileRow {
  /// The name to keep the file under: one path component whatever the row says, for rows are written by anybody.
  var localName: LocalPath {
    let exact = metadata.originalNameBase64.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    for candidate in [exact ?? Array(originalName.utf8), Array(storagePath.utf8)] {
      let name = candidate.split(separator: .slash).last ?? []
      let isUsable =
        !name.isEmpty && name.count <= 255 && !name.elementsEqual([.dot]) && !name.elementsEqual([.dot, .dot])
      if isUsable, let path = LocalPath(bytes: name) { return path }
    }
    return LocalPath(checked: Array(id.description.utf8))
  }
}

extension StorageError {
  /// A fault of a download's target.
  fileprivate init(_ error: FileError, whileWriting path: LocalPath?) {
    self.init(error)
    code = .unwritable
    if let path, case .failed(_, _, let code) = error { message = "cannot write \(path): \(systemMessage(code))" }
    if case .failed(_, _, code: ENOENT) = error { hint = "make the directory first" }
    if case .failed(_, _, code: EEXIST) = error {
      code = .conflict
      message = "\(path.map(\.description) ?? "the target") is there already"
      hint = "give another name with -o, or replace it with --force"
    }
  }
}

extension LocalPath {
  /// The directory that the path's last component lies in.
  fileprivate var directory: LocalPath {
    parent.isEmpty ? .currentDirectory : parent
  }
}
