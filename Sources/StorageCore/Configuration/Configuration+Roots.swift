internal import StorageFiles
public import StorageModel

extension Configuration {
  /// One directory that TEST_FILES_DIR names.
  public struct Root: Hashable, Sendable {
    /// Whether a root can be used.
    public enum State: Hashable, Sendable {
      /// It is absolute, and there is something.
      case ok
      /// There is no directory.
      case missing
      /// It does not begin at the root of the file system.
      case relative
      /// It is a path of Windows that nothing says the place of.
      case unmapped(DrivePathError)
    }

    /// On this machine; as it was written when it cannot be mapped.
    public var path: LocalPath
    /// What is wrong with it, if anything is.
    public var state: State

    /// The path for people.
    public var shownPath: String { shownValue(path.bytes) }
  }

  /// What TEST_FILES_DIR names, usable or not: one directory that exists as a whole, else the parts between `;`, `,` or
  /// `:`. Nil when it is not set.
  public var namedRoots: [Root]? {
    guard let value = sources.value(.roots)?.bytes, let whole = LocalPath(bytes: value) else { return nil }
    if whole.isDirectory { return [Root(path: whole, state: .ok)] }
    return Self.parts(of: value).map { part in
      do throws(DrivePathError) {
        let path = try driveMap.located(part)
        return Root(path: path, state: !path.isDirectory ? .missing : path.isAbsolute ? .ok : .relative)
      } catch {
        return Root(path: part, state: .unmapped(error))
      }
    }
  }

  /// The directories in TEST_FILES_DIR, which must all exist and be absolute, but for one that exists as a whole.
  public func roots() throws(ConfigurationError) -> [LocalPath] {
    guard let origin = origin(of: .roots), try sources.path(.roots) != nil, let roots = namedRoots else {
      throw .missing(.roots, similar: sources.similar(to: .roots))
    }
    guard !roots.isEmpty else { throw .invalid(.roots, origin, reason: "names no directory") }
    for root in roots {
      switch root.state {
      case .ok: break
      case .missing: throw .invalid(.roots, origin, reason: "names \(root.shownPath), which is no directory")
      case .relative: throw .invalid(.roots, origin, reason: "names \(root.shownPath), which is not absolute")
      case .unmapped(let error): throw .drivePath(.roots, origin, error)
      }
    }
    return roots.map(\.path)
  }

  /// Between `;`, `,` and those colons that do not follow the letter of a drive.
  private static func parts(of value: [UInt8]) -> [LocalPath] {
    var parts: [ArraySlice<UInt8>] = []
    var start = value.startIndex
    for index in value.indices {
      let isEnd =
        switch value[index] {
        case UInt8(ascii: ";"), UInt8(ascii: ","): true
        case .colon: !value[start..<index].trimmed.isDriveLetter
        default: false
        }
      if isEnd {
        parts.append(value[start..<index])
        start = index + 1
      }
    }
    parts.append(value[start...])
    return parts.map { LocalPath(checked: Array($0.trimmed)) }.filter { !$0.isEmpty }
  }
}

extension ArraySlice<UInt8> {
  fileprivate var isDriveLetter: Bool { count == 1 && first?.isLetter == true }
}
