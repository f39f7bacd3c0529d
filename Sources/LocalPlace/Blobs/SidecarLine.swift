internal import FoundationEssentials
internal import StorageDigests
internal import StorageModel

/// One line of a sidecar: a file as it was when the line was written.
struct SidecarLine {
  /// Longer ones are none of ours.
  static let byteLimit = 4 << 20

  /// As it was read.
  let text: String
  var file: FileRow
  /// When the row was made, as the local store writes times.
  var createdAt: String
  /// For whose sake it was stored; empty when no project was set.
  var project: String

  /// Nil for what is no line of ours, or of another content than the one it lies beside.
  init?(_ bytes: some Sequence<UInt8>, beside digest: SHA256Digest) {
    let data = Data(bytes)
    guard let file = try? JSONDecoder().decode(FileRow.self, from: data),
      let createdAt = file.createdAt.flatMap({ Timestamp($0) }),
      let surroundings = try? JSONDecoder().decode(Surroundings.self, from: data),
      file.metadata.sha256 ?? digest.hex == digest.hex
    else { return nil }
    text = String(decoding: data, as: UTF8.self)
    self.file = file
    self.createdAt = createdAt.columnText
    project = surroundings.project ?? ""
  }

  init?(text: String, sha256: String) {
    guard let digest = SHA256Digest(hex: sha256) else { return nil }
    self.init(text.utf8, beside: digest)
  }

  /// What was added to the line after its first version.
  private struct Surroundings: Decodable {
    let project: String?
  }
}
