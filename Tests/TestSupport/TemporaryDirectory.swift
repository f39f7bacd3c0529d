import FoundationEssentials

/// A new directory that is removed with its owner.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    let name = "supastore-test-\(UUID().uuidString)"
    path = FileManager.default.temporaryDirectory.appending(path: name).path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something inside it.
  package subscript(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, with the directories above it, and returns its path.
  @discardableResult
  package func write(_ contents: some Sequence<UInt8>, to name: String) throws -> String {
    let url = URL(filePath: self[name])
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(contents).write(to: url)
    return self[name]
  }

  package func read(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: self[name])))
  }
}
