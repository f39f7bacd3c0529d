package import StorageFiles
internal import StorageModel

/// One of the things that a run stores.
package enum MigrationSource: Sendable {
  /// A directory with all it holds; names are paths below it.
  case tree(SourceRoot, PathPatterns)
  case file(MigratingFile)
  /// Something named that is no file to store.
  case refused(FileOutcome)
}

/// Goes through what a run stores, one file after the other. Blocks; one thread at a time.
struct SourceSequence: ~Copyable, Sendable {
  enum Entry {
    case file(MigratingFile)
    case refused(FileOutcome)
    /// Of a root, by its name there.
    case skipped(SourceRoot, LocalPath, SkipReason)
    case failed(SourceRoot, LocalPath, FileError)
  }

  private var rest: ArraySlice<MigrationSource>
  private var root: SourceRoot?
  private var walk: TreeWalk?

  init(_ sources: [MigrationSource]) {
    rest = sources[...]
  }

  /// The next entry; nil when there are no more.
  mutating func next() -> Entry? {
    while true {
      if let root {
        if let entry = walk?.next() { return Self.entry(entry, of: root) }
        self.root = nil
        walk = nil
      }
      switch rest.popFirst() {
      case .tree(let root, let patterns)?:
        self.root = root
        walk = TreeWalk(root, patterns: patterns)
      case .file(let file)?: return .file(file)
      case .refused(let outcome)?: return .refused(outcome)
      case nil: return nil
      }
    }
  }

  private static func entry(_ entry: TreeEntry, of root: SourceRoot) -> Entry {
    switch entry {
    case .file(let path, let status): .file(MigratingFile(.root(root), name: path, status: status))
    case .skipped(let path, let reason): .skipped(root, path, reason)
    case .failed(let path, let error): .failed(root, path, error)
    }
  }
}
