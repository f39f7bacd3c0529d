internal import FoundationEssentials
internal import StorageDigests
internal import StorageFormats
internal import StorageModel

/// A file of a directory, as `migrate` would store it.
struct CheckedSource: Sendable {
  var path: LocalPath
  var row: FileRow
  var digests: ContentDigests

  /// Nil for a file that was not hashed.
  init?(_ file: MigratingFile) {
    guard let row = file.row, let digests = file.digests else { return nil }
    path = file.path
    self.row = row
    self.digests = digests
  }
}

extension FileRow {
  /// What `init(text:)` reads.
  var text: String {
    var writer = JSONWriter()
    writer.beginObject()
    write(to: &writer)
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  init?(text: String) {
    guard let row = try? JSONDecoder().decode(FileRow.self, from: Data(text.utf8)) else { return nil }
    self = row
  }
}
