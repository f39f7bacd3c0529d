public import StorageModel

/// Which files of a tree are meant, in the language of gitignore, on bytes.
///
/// The last matching pattern decides. `*` and `?` stop at a slash, `**/`, `/**` and `/**/` span directories, `[...]` is a
/// set, a slash at the start or in the middle ties a pattern to the root, one at the end means directories only, `!` in
/// front turns a pattern round, a backslash takes the meaning from what follows.
public struct PathPatterns: Sendable {
  private let includes: [PathPattern]
  private let excludes: [PathPattern]

  /// No pattern at all means every file. With `include`, a file must match there, itself or by a directory above it;
  /// `exclude` then takes away, a directory with all it holds.
  public init(include: [String], exclude: [String]) throws(PatternError) {
    includes = try include.map { pattern throws(PatternError) in try PathPattern(pattern) }
    excludes = try exclude.map { pattern throws(PatternError) in try PathPattern(pattern) }
  }

  /// Every file.
  public init() {
    includes = []
    excludes = []
  }

  /// Whether `path`, relative to the root, is left out. No directory is left out for the sake of `include`: it may hold
  /// what is meant.
  public func excludes(_ path: LocalPath, isDirectory: Bool) -> Bool {
    if includes.isEmpty && excludes.isEmpty { return false }
    let components = path.components
    if Self.verdict(of: excludes, on: components, isDirectory: isDirectory) == true { return true }
    return !isDirectory && !includes.isEmpty && !includesFile(components)
  }

  private func includesFile(_ components: [ArraySlice<UInt8>]) -> Bool {
    for count in stride(from: components.count, to: 0, by: -1) {
      let isDirectory = count < components.count
      if let verdict = Self.verdict(of: includes, on: Array(components[..<count]), isDirectory: isDirectory) {
        return verdict
      }
    }
    return false
  }

  /// What the last matching pattern says; nil when none matches.
  private static func verdict(
    of patterns: [PathPattern], on components: [ArraySlice<UInt8>], isDirectory: Bool
  ) -> Bool? {
    patterns.last { ($0.matchesFiles || isDirectory) && $0.matches(components) }.map { !$0.isNegated }
  }
}

/// Why a pattern cannot be read.
public enum PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It matches nothing.
  case empty(String)
  /// A `[` lacks its `]`.
  case unclosedBracket(String)
  /// It ends in a backslash.
  case danglingBackslash(String)
  /// It names a class that POSIX does not.
  case unknownClass(String)

  public var description: String {
    switch self {
    case .empty(let pattern): "the pattern “\(pattern)” matches nothing"
    case .unclosedBracket(let pattern):
      "the pattern “\(pattern)” has a [ without its ]; write \\[ for the character itself"
    case .danglingBackslash(let pattern):
      "the pattern “\(pattern)” ends in a backslash; write \\\\ for the character itself"
    case .unknownClass(let pattern): "the pattern “\(pattern)” names a class of characters that is not known"
    }
  }
}
