internal import StorageModel

/// Whether a value that is no secret holds what looks like a key, put there by mistake.
private func looksLikeKey(_ bytes: [UInt8]) -> Bool {
  let text = String(decoding: bytes, as: UTF8.self)
  return ["sb_secret_", "sb_publishable_", "eyJ"].contains { text.contains($0) }
}

/// A value that is no secret, for people to see; never a key.
func shownValue(_ bytes: [UInt8]) -> String {
  looksLikeKey(bytes) ? "(looks like a key)" : LocalPath(checked: bytes).description
}
