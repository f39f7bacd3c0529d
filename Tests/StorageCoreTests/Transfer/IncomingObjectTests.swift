import StorageDigests
import StorageFiles
import StorageModel
import StoragePlaces
import TestSupport
import Testing

@Suite struct IncomingObjectTests {
  private let directory: TestSupport.TemporaryDirectory
  private let file: PartialFile

  init() throws {
    directory = try TemporaryDirectory()
    file = try PartialFile(in: TargetDirectory(at: LocalPath(checked: Array(directory.path.utf8))))
  }

  private func take(_ text: String, _ incoming: IncomingObject) -> Bool {
    Array(text.utf8).withUnsafeBytes { incoming.take($0) }
  }

  private func expect(_ incoming: IncomingObject, toHold text: String) throws {
    let received = try incoming.finish()
    #expect(received.byteCount == Int64(text.utf8.count))
    #expect(try received.sha256 == .of(Array(text.utf8)))
    #expect(try file.sha256(of: 0..<100) == .of(Array(text.utf8)))
  }

  @Test func `what broke off goes on as long as the version is the same`() throws {
    let incoming = try IncomingObject(into: file, limit: 10)
    #expect(incoming.next() == .whole)
    #expect(incoming.begin(at: 0, version: "1", byteCount: 10) && take("0123", incoming))
    #expect(incoming.next() == .part(4..<10, resuming: true))
    #expect(incoming.begin(at: 4, version: "1", byteCount: 10) && take("456789", incoming))
    #expect(incoming.next() == .nothing)
    try expect(incoming, toHold: "0123456789")
  }

  @Test func `another version is refused and begun anew`() throws {
    let incoming = try IncomingObject(into: file, limit: 10)
    #expect(incoming.begin(at: 0, version: "1", byteCount: 10) && take("0123", incoming))
    #expect(!incoming.begin(at: 4, version: "2", byteCount: 10))
    #expect(incoming.refusal?.code == .changed && incoming.refusal?.isRetryable == true)
    #expect(incoming.next() == .whole && incoming.refusal == nil)
    #expect(incoming.begin(at: 0, version: "2", byteCount: 3) && take("abc", incoming))
    try expect(incoming, toHold: "abc")
  }

  @Test func `without a version, or a length, everything comes anew`() throws {
    let incoming = try IncomingObject(into: file, limit: 10)
    #expect(incoming.begin(at: 0, version: nil, byteCount: 10) && take("0123", incoming))
    #expect(incoming.next() == .whole)
    #expect(incoming.begin(at: 0, version: "1", byteCount: nil) && take("01", incoming))
    #expect(incoming.next() == .whole)
    #expect(incoming.begin(at: 0, version: "1", byteCount: 5) && take("abcde", incoming))
    try expect(incoming, toHold: "abcde")
  }

  @Test func `the whole in place of the rest counts from the beginning`() throws {
    let incoming = try IncomingObject(into: file, limit: 10)
    #expect(incoming.begin(at: 0, version: "1", byteCount: 5) && take("012", incoming))
    #expect(incoming.begin(at: 0, version: "1", byteCount: 5) && take("01234", incoming))
    try expect(incoming, toHold: "01234")
  }

  @Test func `a part is that part only, and goes on within it`() throws {
    let incoming = try IncomingObject(into: file, part: 3..<8, limit: 10)
    #expect(incoming.next() == .part(3..<8, resuming: false))
    #expect(!incoming.begin(at: 0, version: "1", byteCount: 10))
    #expect(incoming.refusal?.code == .rejected)
    #expect(incoming.begin(at: 3, version: "1", byteCount: 10) && take("34", incoming))
    #expect(incoming.next() == .part(5..<8, resuming: true))
    #expect(incoming.begin(at: 5, version: "1", byteCount: 10) && take("567", incoming))
    #expect(!take("8", incoming))
    try expect(incoming, toHold: "34567")
  }

  @Test func `more than there should be is refused, announced or not`() throws {
    let incoming = try IncomingObject(into: file, limit: 3)
    #expect(!incoming.begin(at: 0, version: "1", byteCount: 4))
    #expect(incoming.refusal?.code == .integrity)
    #expect(incoming.begin(at: 0, version: "1", byteCount: nil) && take("012", incoming) && !take("3", incoming))
    #expect(incoming.refusal?.code == .integrity)
  }
}
