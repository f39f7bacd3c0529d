internal import StorageModel

/// How far a file has come with its row.
enum RowStage: Sendable {
  case missing
  /// It is committed. `outdated`: the metadata of a row that was there, when storing the file again changes them.
  case there(wasBefore: Bool, outdated: FileMetadata?)

  var isThere: Bool { if case .there = self { true } else { false } }
  var wasBefore: Bool { if case .there(wasBefore: true, _) = self { true } else { false } }
  var outdated: FileMetadata? { if case .there(_, let metadata) = self { metadata } else { nil } }
}

/// How far a file has come with the link to its conversation.
enum LinkStage: Sendable {
  case missing
  case there(wasBefore: Bool)

  var isThere: Bool { if case .there = self { true } else { false } }
  var wasBefore: Bool { if case .there(wasBefore: true) = self { true } else { false } }
}
