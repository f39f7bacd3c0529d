package import StorageCore

extension PathPatterns {
  /// From the options of a command; patterns from files come before those of the command line, which so have the last
  /// word.
  package init(include: [String], exclude: [String], excludeFrom files: [LocalPath]) throws {
    let lines = try files.flatMap { try PathPatterns.lines(of: $0) }
    try self.init(include: include, exclude: lines + exclude)
  }
}
