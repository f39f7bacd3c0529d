internal import FoundationEssentials
internal import Glibc
internal import StorageFiles
package import StorageModel

/// Where one file of a download goes: a name in an open directory.
struct DownloadPlace: Sendable {
  let directory: TargetDirectory
  let name: [UInt8]
  /// As the caller sees it.
  let path: LocalPath

  /// Opens the place of `row`; nil for a sink. Symbolic links are followed in what the caller named, never in what a row
  /// names: rows are written by anybody.
  init?(of row: FileRow, in target: DownloadTarget) throws(StorageError) {
    guard let path = Self.path(of: row, in: target) else { return nil }
    self.path = path
    do throws(FileError) {
      switch target {
      case .sink:
        return nil
      case .file:
        guard let name = path.baseName else { throw .failed(.create, path, code: EISDIR) }
        directory = try TargetDirectory(at: path.parent)
        self.name = name.bytes
      case .directory(let root):
        directory = try TargetDirectory(at: root)
        name = row.localName.bytes
      case .tree(let root):
        let components = row.localPath.components
        var directory = try TargetDirectory(at: root)
        for component in components.dropLast() { directory = try directory.subdirectory(component) }
        self.directory = directory
        name = Array(components.last ?? [])
      }
    } catch {
      throw StorageError(error, whileWriting: path)
    }
  }

  /// Where `row` is to go, by which two rows are told to want the same place; nil for a sink.
  static func path(of row: FileRow, in target: DownloadTarget) -> LocalPath? {
    switch target {
    case .sink: nil
    case .file(let path): path
    case .directory(let root): root.appending(row.localName)
    case .tree(let root): root.appending(row.localPath)
    }
  }

  /// Throws `.conflict` when something has the name that may not be replaced: anything at all unless `replacing`, and
  /// in any case what is no file, such as `/dev/null` or the symbolic link `/dev/stdout`.
  func check(replacing: Bool) throws(StorageError) {
    do throws(FileError) {
      guard let kind = try directory.kind(of: name) else { return }
      guard kind == .regular else { throw FileError.notRegular(path, kind) }
      if !replacing { throw FileError.failed(.create, path, code: EEXIST) }
    } catch {
      throw StorageError(error, whileWriting: path)
    }
  }

  /// Gives the content its name. Throws `.conflict` when something has it meanwhile, unless `replacing`.
  func commit(_ file: PartialFile, replacing: Bool) throws(StorageError) {
    do throws(FileError) {
      try file.commit(as: name, in: directory, replacing: replacing)
    } catch {
      throw StorageError(error, whileWriting: path)
    }
  }
}

extension FileRow {
  /// The name to keep the file under: one path component whatever the row says.
  var localName: LocalPath {
    for candidate in [exact(metadata.originalNameBase64) ?? Array(originalName.utf8), Array(storagePath.utf8)] {
      if let name = candidate.split(separator: .slash).last, let path = LocalPath(component: name) { return path }
    }
    return LocalPath(checked: Array(id.description.utf8))
  }

  /// The path to keep the file under, below a directory: what would lead elsewhere is left out, and `localName` serves
  /// where nothing of a name is left, or the path is longer than the system takes.
  package var localPath: LocalPath {
    guard let bytes = exact(metadata.relativePathBase64) ?? metadata.relativePath.map({ Array($0.utf8) }),
      bytes.count < Int(PATH_MAX)
    else { return localName }
    let components = bytes.split(separator: .slash, omittingEmptySubsequences: false).map { LocalPath(component: $0) }
    guard let last = components.last, last != nil else { return localName }
    return components.compactMap(\.self).reduce(.empty) { $0.appending($1) }
  }

  private func exact(_ base64: String?) -> [UInt8]? {
    base64.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
  }
}

extension LocalPath {
  /// Nil unless `bytes` can be the name of a file in a directory.
  fileprivate init?(component bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty, bytes.count <= Int(NAME_MAX), !bytes.elementsEqual([.dot]),
      !bytes.elementsEqual([.dot, .dot])
    else { return nil }
    self.init(bytes: bytes)
  }
}

extension StorageError {
  /// A fault of a download's target.
  init(_ error: FileError, whileWriting path: LocalPath) {
    self.init(error)
    code = .unwritable
    if case .notRegular(_, let kind) = error {
      code = .conflict
      message = "\(path) is there already, a \(kind), which is never replaced"
      hint = "give another name with -o, or write to standard output with -o -"
    }
    guard case .failed(_, let place, let number) = error else { return }
    message = "cannot write \(path): \(systemMessage(number))"
    switch number {
    case ENOENT:
      hint = "make the directory first"
    case EEXIST:
      code = .conflict
      message = "\(path) is there already"
      hint = "give another name with -o, or replace it with --force"
    case ELOOP, ENOTDIR:
      if place != path { message += ": \(place)" }
      hint = "a directory is needed there, and no symbolic link is followed below the target"
    default: break
    }
  }
}
