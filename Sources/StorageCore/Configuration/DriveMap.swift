public import StorageModel

/// Where the drives of Windows lie on this machine: SUPASTORE_DRIVE_MAP, read.
///
/// An entry stands for a drive or a folder on it; of several that cover a path the one with the longest folder counts.
/// Drive letters and the folders of entries are compared whole, component by component, without regard to the case of
/// ASCII letters; what follows them keeps its case.
public struct DriveMap: Hashable, Sendable {
  private struct Entry: Hashable {
    let folder: DrivePath
    let target: LocalPath
  }

  private var entries: [Entry] = []

  /// No drive lies here.
  public init() {}

  /// The path that `operand` means on this machine. What is no path of Windows stays as it is, so a file whose name only
  /// looks like one is reached by `./C:\name`.
  ///
  /// Throws `.configuration` for a path of Windows that no entry covers, that leaves its drive, lies on another machine,
  /// or has no root.
  public func resolve(_ operand: LocalPath) throws(StorageError) -> LocalPath {
    do throws(DrivePathError) {
      return try located(operand)
    } catch {
      throw StorageError(.configuration, error.description, hint: error.hint)
    }
  }

  func located(_ operand: LocalPath) throws(DrivePathError) -> LocalPath {
    guard let path = try DrivePath(operand) else { return operand }
    let covering = entries.filter { path.isInside($0.folder) }
    guard let entry = covering.max(by: { $0.folder.components.count < $1.folder.components.count }) else {
      throw .unmapped(operand)
    }
    let rest = path.components.dropFirst(entry.folder.components.count)
    return entry.target.appending(LocalPath(checked: Array(rest.joined(separator: [.slash]))))
  }
}

extension DriveMap {
  /// Reads entries such as `C:=/mnt/project` or `C:\Project=/mnt/project`, between `;` or `,`.
  init(_ text: String, from origin: Origin) throws(ConfigurationError) {
    let separators = [UInt8(ascii: ";"), UInt8(ascii: ",")]
    for part in Array(text.utf8).split(whereSeparator: separators.contains).map(\.trimmed) where !part.isEmpty {
      guard let entry = Self.entry(part) else {
        throw .invalid(
          .driveMap, origin, reason: "holds “\(shownValue(Array(part)))”, which is no drive with its place")
      }
      if let other = entries.first(where: { $0.folder.isSame(as: entry.folder) }) {
        guard other.target == entry.target else {
          let reason =
            "holds “\(shownValue(Array(part)))” and gives the same folder another place, \(shownValue(other.target.bytes))"
          throw .invalid(.driveMap, origin, reason: reason)
        }
      } else {
        entries.append(entry)
      }
    }
  }

  /// Nil unless it is a drive or a path on one, `=`, and an absolute path of this machine.
  private static func entry(_ part: ArraySlice<UInt8>) -> Entry? {
    guard let sign = part.firstIndex(of: UInt8(ascii: "=")),
      let folder = folder(part[..<sign].trimmed),
      let target = LocalPath(bytes: part[(sign + 1)...].trimmed.withoutEndSlashes),
      target.isAbsolute
    else { return nil }
    return Entry(folder: folder, target: target)
  }

  private static func folder(_ key: ArraySlice<UInt8>) -> DrivePath? {
    let isLetter = key.count == 1
    let isDrive = key.count == 2 && key.last == .colon
    let path = LocalPath(checked: Array(key) + (isLetter ? [.colon, .backslash] : isDrive ? [.backslash] : []))
    do throws(DrivePathError) {
      return try DrivePath(path)
    } catch {
      return nil
    }
  }
}

extension DrivePath {
  func isInside(_ folder: DrivePath) -> Bool {
    drive == folder.drive && components.starts(with: folder.components) { $0.lowercased == $1.lowercased }
  }

  fileprivate func isSame(as other: DrivePath) -> Bool {
    isInside(other) && other.isInside(self)
  }
}

extension ArraySlice<UInt8> {
  fileprivate var withoutEndSlashes: ArraySlice<UInt8> {
    var rest = self
    while rest.count > 1, rest.last == .slash { rest.removeLast() }
    return rest
  }
}
