internal import StorageDigests
internal import StorageModel

/// What is known of something that lies under a file's key, and what it takes to know that it is the file's content, all
/// there. Decides; asks nobody.
struct ObjectEvidence: Sendable {
  /// What the service says of it.
  enum Description: Sendable {
    case unasked
    /// That there is no such object.
    case absent
    /// Compared with the content.
    case given(StoredObject, ObjectProof)
  }

  /// Why it is known that the service has its bytes: no description proves that.
  enum Bytes: Sendable, Equatable {
    /// Seen in this run.
    case seen(ByteProof)
    /// Seen by an earlier run, in this very version.
    case remembered
    /// Taken for granted because it is listed: somebody asked for that.
    case trusted
  }

  /// What is to be done next.
  enum Step: Equatable {
    case nothing
    case describe
    case askForFirstByte
    /// All of it is read back and hashed.
    case read
    /// The content is sent, over what lies there unless that is gone.
    case send(over: ObjectDamage)
  }

  var description = Description.unasked
  var bytes: Bytes?
  /// What looking at its bytes found.
  var damage: ObjectDamage?

  /// Whether it is known to be the file's content, and all there.
  var isProof: Bool { damage == nil && bytes != nil && (bytes == .seen(.allBytes) || fits) }

  /// Whether its description is that of the file's content.
  var fits: Bool { if case .given(_, .holds) = description { true } else { false } }

  /// Takes what the service says of the object now; nil: that there is none.
  mutating func describe(_ object: StoredObject?, against digests: ContentDigests) {
    description = object.map { .given($0, ObjectProof(of: $0, against: digests)) } ?? .absent
  }

  func next(_ verification: Verification) -> Step {
    if let damage { return .send(over: damage) }
    let isRead = bytes == .seen(.allBytes)
    switch description {
    case .unasked: return .describe
    case .absent: return .send(over: .missing)
    case .given(_, .differs): return .send(over: .otherBytes)
    case .given(_, .unsettled): return isRead ? .nothing : .read
    case .given(_, .holds):
      if verification == .full { return isRead ? .nothing : .read }
      return bytes == nil ? .askForFirstByte : .nothing
    }
  }
}

/// What an object can be but right.
enum ObjectDamage: Sendable {
  /// It is not there.
  case missing
  /// Other bytes lie on its path.
  case otherBytes
  /// The service describes it, and has lost its bytes.
  case lostBytes
}
