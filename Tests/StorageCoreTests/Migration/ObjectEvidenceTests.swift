import StorageModel
import Testing

@testable import StorageEngine

/// What is known of an object decides what comes next; nobody is asked for that.
@Suite struct ObjectEvidenceTests {
  private static let object = StoredObject(key: "a", byteCount: 1, etag: "x")

  private static let descriptions: [(name: String, ObjectEvidence.Description)] = [
    ("unasked", .unasked), ("absent", .absent), ("holds", .given(object, .holds)),
    ("unsettled", .given(object, .unsettled)), ("differs", .given(object, .differs)),
  ]
  private static let knowledge: [ObjectEvidence.Bytes?] = [
    nil, .seen(.sent), .seen(.firstByte), .seen(.allBytes), .remembered, .trusted,
  ]

  @Test(arguments: Verification.allCases)
  func `nothing is left to do exactly when content and bytes are proved`(_ verification: Verification) {
    for (name, description) in Self.descriptions {
      for bytes in Self.knowledge {
        let evidence = ObjectEvidence(description: description, bytes: bytes)
        let isDone = evidence.next(verification) == .nothing
        let isExpected =
          switch (name, bytes) {
          case ("holds", .seen(.allBytes)?), ("unsettled", .seen(.allBytes)?): true
          case ("holds", .some): verification == .etag
          default: false
          }
        #expect(isDone == isExpected, "\(name) \(String(describing: bytes))")
        if isDone { #expect(evidence.isProof) }
      }
    }
  }

  @Test func `a listing alone never proves an object`() {
    for (_, description) in Self.descriptions { #expect(!ObjectEvidence(description: description).isProof) }
    #expect(ObjectEvidence(description: .given(Self.object, .holds)).next(.etag) == .askForFirstByte)
  }

  @Test func `an upload's success alone never proves which content lies there`() {
    #expect(!ObjectEvidence(bytes: .seen(.sent)).isProof)
    #expect(ObjectEvidence(bytes: .seen(.sent)).next(.etag) == .describe)
    #expect(
      ObjectEvidence(description: .given(Self.object, .differs), bytes: .seen(.sent)).next(.etag)
        == .send(over: .otherBytes))
    #expect(ObjectEvidence(description: .given(Self.object, .unsettled), bytes: .seen(.sent)).next(.etag) == .read)
  }

  @Test(arguments: [ObjectDamage.missing, .otherBytes, .lostBytes], Verification.allCases)
  func `what was found damaged is sent, whatever is said of it`(_ damage: ObjectDamage, _ verification: Verification) {
    for (_, description) in Self.descriptions {
      for bytes in Self.knowledge {
        let evidence = ObjectEvidence(description: description, bytes: bytes, damage: damage)
        #expect(evidence.next(verification) == .send(over: damage) && !evidence.isProof)
      }
    }
    #expect(ObjectEvidence(description: .absent).next(verification) == .send(over: .missing))
  }
}
