package import StorageDigests
package import StorageModel
package import StorageRunning

/// Where one project's journal and locks lie.
package struct JournalPlace: Hashable, Sendable {
  /// The state directory.
  package let directory: LocalPath
  private let projectURL: String

  /// `projectURL` is in its one normal form: every other spelling would be another project.
  package init(in state: StateDirectory, projectURL: String) {
    directory = state.path
    self.projectURL = projectURL
  }

  /// The local store's, where it is no project's.
  package static func local(in state: StateDirectory) -> JournalPlace { JournalPlace(in: state, projectURL: "local:") }

  /// What is known of an outage of a project. `directory` is the state directory, which need not be there.
  package static func outage(of projectURL: String, in directory: LocalPath, isObeyed: Bool) throws(DigestError)
    -> Outage
  {
    Outage(in: directory, named: try name("outage-", of: [Array(projectURL.utf8)]), isObeyed: isObeyed)
  }

  /// Never tells the URL: file names end up in listings and reports.
  func journal() throws(DigestError) -> LocalPath {
    try file("journal-", of: [Array(projectURL.utf8)], ".sqlite")
  }

  /// The lock of a set of roots, however they are ordered.
  func lock(for roots: [LocalPath]) throws(DigestError) -> LocalPath {
    try file("run-", of: [Array(projectURL.utf8)] + Set(roots).sorted().map(\.bytes), ".lock")
  }

  /// The lock of cleanups.
  func cleanupLock() throws(DigestError) -> LocalPath {
    try file("cleanup-", of: [Array(projectURL.utf8)], ".lock")
  }

  private func file(_ prefix: String, of parts: [[UInt8]], _ suffix: String) throws(DigestError) -> LocalPath {
    directory.appending(LocalPath(checked: try Self.name(prefix, of: parts) + Array(suffix.utf8)))
  }

  /// A NUL ends each part: neither a URL nor a path holds one.
  private static func name(_ prefix: String, of parts: [[UInt8]]) throws(DigestError) -> [UInt8] {
    Array("\(prefix)\(try SHA256Digest.of(parts.flatMap { $0 + [0] }).hex.prefix(32))".utf8)
  }
}
