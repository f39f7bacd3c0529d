internal import Glibc
package import StorageModel

/// One step of a walk; paths are relative to the root.
package enum TreeEntry: Hashable, Sendable {
  case file(LocalPath, FileStatus)
  case skipped(LocalPath, SkipReason)
  /// The entry, or what a directory holds, could not be seen.
  case failed(LocalPath, FileError)
}

/// Why an entry is left out although nothing went wrong.
public enum SkipReason: Hashable, Sendable {
  /// A symbolic link, or neither file nor directory.
  case kind(FileKind)
  /// By a pattern.
  case excluded
  /// Nothing in the directory was looked at.
  case excludedDirectory
}

extension SkipReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .kind(let kind): kind.description
    case .excluded: "excluded"
    case .excludedDirectory: "excluded with all it holds"
    }
  }
}

/// Every entry below a root, in (nearly) the order of the object keys that the files will have: names that the mapping
/// of keys changes or cuts can stand a little apart.
///
/// Symbolic links are not followed. Memory is bounded by the entries of the directories on the way down, and one
/// descriptor is open at a time besides the root's. Blocks; one thread at a time.
package struct TreeWalk: ~Copyable, Sendable {
  /// Directories inside each other that are entered, the root not counted.
  package static let depthLimit = 256

  private struct Level {
    let path: LocalPath
    let listing: DirectoryListing
    var next = 0
  }

  private let root: SourceRoot
  private let patterns: PathPatterns
  private var levels: [Level] = []
  private var isStarted = false

  package init(_ root: SourceRoot, patterns: PathPatterns = PathPatterns()) {
    self.root = root
    self.patterns = patterns
  }

  /// The next entry; nil when there are no more.
  package mutating func next() -> TreeEntry? {
    if !isStarted {
      isStarted = true
      if let failure = enter(.empty) { return failure }
    }
    while let level = levels.last {
      guard level.next < level.listing.count else {
        levels.removeLast()
        continue
      }
      levels[levels.count - 1].next += 1
      let path = level.path.appending(level.listing.name(level.next))
      switch level.listing.finding(level.next) {
      case .missing(let code): return .failed(path, .failed(.inspect, root.path.appending(path), code: code))
      case .other(let kind): return .skipped(path, .kind(kind))
      case .file(let status):
        return patterns.excludes(path, isDirectory: false) ? .skipped(path, .excluded) : .file(path, status)
      case .directory:
        if patterns.excludes(path, isDirectory: true) { return .skipped(path, .excludedDirectory) }
        if let failure = enter(path) { return failure }
      }
    }
    return nil
  }

  /// Up to `limit` entries at once, for callers that hop to the thread of the walk; empty when there are no more.
  package mutating func next(_ limit: Int) -> [TreeEntry] {
    var entries: [TreeEntry] = []
    while entries.count < limit, let entry = next() { entries.append(entry) }
    return entries
  }

  private mutating func enter(_ path: LocalPath) -> TreeEntry? {
    let name = root.path.appending(path)
    guard levels.count <= Self.depthLimit else { return .failed(path, .tooDeep(name)) }
    do throws(FileError) {
      let directory = try root.openBeneath(path, flags: O_RDONLY | O_DIRECTORY, named: name)
      levels.append(Level(path: path, listing: try DirectoryListing(reading: directory, named: name)))
      return nil
    } catch {
      return .failed(path, error)
    }
  }
}
