import FoundationEssentials
import StorageDigests
import StorageFormats
import StorageModel
import TestSupport
import Testing

@testable import StorageEngine

/// What has to hold of every file, whatever bytes its name is made of.
@Suite struct FileIdentityPropertyTests {
  private static let nameCount = TestLength.count(20_000, long: 1_000_000)
  /// Of which so many are looked at more closely.
  private static let sampleCount = 4_000

  @Test func `random byte names are accepted, never meet, and are given back`() throws {
    var files = try RandomFiles(seed: 20_261_123)
    var owners: [(place: Int, file: Int)] = []
    owners.reserveCapacity(Self.nameCount)
    var faults: [String] = []
    var untagged: Set<String> = []
    for number in 0..<Self.nameCount {
      let file = files.next()
      let identity = try FileIdentity(
        type: file.type, continuationID: file.continuationID, name: #require(LocalPath(bytes: file.name)),
        content: file.content)
      let path = Array(identity.storagePath.string.utf8)
      if let objection = ServerRules.objection(to: path, in: file.type.bucket.name) {
        faults.append("\(objection) at \(identity.storagePath), file \(number)")
      }
      owners.append((Self.fingerprint([Array(file.type.bucket.name.utf8), path]), Self.fingerprint(file.fields)))
      if number.isMultiple(of: Self.nameCount / Self.sampleCount) {
        if try nameGivenBack(identity) != file.name { faults.append("the name of file \(number) is lost") }
        untagged.insert(identity.storagePath.string.replacing(identity.id.pathTag, with: ""))
      }
    }
    owners.sort { $0.place < $1.place }
    for (left, right) in zip(owners, owners.dropFirst()) where left.place == right.place && left.file != right.file {
      faults.append("two files at one path")
    }
    #expect(faults.prefix(5) == [], "\(faults.count) faults in all")
    // The search looks where paths are close together: without the id's tag, two in five of them would meet.
    #expect(untagged.count < Self.sampleCount / 5 * 3)
  }

  /// 64 bits that tell a million lists of fields apart.
  private static func fingerprint(_ fields: [[UInt8]]) -> Int {
    var hasher = Hasher()
    for field in fields {
      hasher.combine(field.count)
      field.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    return hasher.finalize()
  }

  /// The file's name after its row went to the database and came back.
  private func nameGivenBack(_ identity: FileIdentity) throws -> [UInt8]? {
    let base = identity.name.baseName ?? identity.name
    let row = FileRow(
      id: identity.id, storagePath: identity.storagePath.string, originalName: base.repaired, mediaType: nil,
      byteCount: 0, type: identity.type,
      metadata: FileMetadata(
        relativePath: identity.name.repaired, originalNameBase64: base.base64UnlessUTF8,
        relativePathBase64: identity.name.base64UnlessUTF8))
    var json = JSONWriter()
    json.beginObject()
    row.write(to: &json)
    json.endObject()
    let read = try JSONDecoder().decode(FileRow.self, from: Data(json.bytes))
    #expect(read == row)
    if base.bytes != [.dot], base.bytes != [.dot, .dot] { #expect(read.localName == base) }
    guard let exact = read.metadata.relativePathBase64 else { return read.metadata.relativePath.map { Array($0.utf8) } }
    return Data(base64Encoded: exact).map { Array($0) }
  }
}

/// What servers take as the key of an object, told anew: Storage's own check of characters, file systems' limit for a
/// segment, and S3's for the whole key, in which Storage puts tenant, bucket and version around ours.
private enum ServerRules {
  private static let isAccepted: [Bool] = {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    var table = [Bool](repeating: false, count: 256)
    for byte in (letters + "_/!.*'() &$@=;:+,?-").utf8 { table[Int(byte)] = true }
    return table
  }()
  private static let segmentLimit = 255
  private static let keyLimit = 1024
  /// A tenant of 20 letters, a version of 36, and three slashes.
  private static let storageByteCount = 20 + 36 + 3

  static func objection(to key: [UInt8], in bucket: String) -> String? {
    if !key.allSatisfy({ isAccepted[Int($0)] }) { return "a character that is not accepted" }
    for segment in key.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      if segment.isEmpty { return "an empty segment" }
      if segment.count <= 2, segment.allSatisfy({ $0 == UInt8(ascii: ".") }) { return "a segment of dots" }
      if segment.count > segmentLimit { return "a segment too long" }
    }
    return key.count + bucket.utf8.count + storageByteCount > keyLimit ? "a key too long" : nil
  }
}

/// Files that are drawn such that their names often become alike once their bytes are mapped, or are cut.
private struct RandomFiles {
  struct File {
    var type: FileType
    var continuationID: String?
    var name: [UInt8]
    var contentNumber: Int
    var content: SHA256Digest

    /// All that makes it another file than the others.
    var fields: [[UInt8]] {
      [
        Array(type.rawValue.utf8), continuationID.map { Array($0.utf8) } ?? [0], name, [UInt8(contentNumber)],
      ]
    }
  }

  private var generator: SplitMix64
  private let contents: [SHA256Digest]
  private let continuationIDs: [String?]
  /// Random bytes of one alphabet each, of which names are cut.
  private let pools: [[UInt8]]
  /// The same of bytes that are all mapped to one.
  private let foreign: [UInt8]

  init(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    contents = try (0..<4).map { try .of([$0]) }
    let long = String(repeating: "été/", count: 100)
    continuationIDs = [nil, "c", "C", "", ".", "..", "unfiled", "a/b", "a_b", "日本語", "e\u{301}", "é", long, long + "x"]
    let all: [UInt8] = Array(1...46) + Array(48...255)
    let alphabets: [[UInt8]] = [all] + ["ab .", "é¨#%", "...a", "_-Aa", "x", "\n\t\u{7f} "].map { Array($0.utf8) }
    func pool(_ alphabet: [UInt8]) -> [UInt8] {
      (0..<1 << 16).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
    }
    pools = alphabets.map(pool)
    foreign = pool(Array(1...31) + Array(128...255))
    self.generator = generator
  }

  mutating func next() -> File {
    var name: [UInt8] = []
    // Half are lone names of few bytes, none of which stays in a path.
    if generator.next() % 2 == 0 {
      append(1 + Int(generator.next() % 3), of: foreign, to: &name)
      return file(named: name)
    }
    for number in 0..<1 + Int(generator.next() % 5) {
      if number > 0 { name.append(.slash) }
      append(componentLength(), to: &name)
    }
    // Some with an extension, longer than one that is kept, too; the last component is cut to what a name may have.
    if generator.next() % 3 == 0 {
      let length = 1 + Int(generator.next() % 20)
      let start = name.lastIndex(of: .slash).map { $0 + 1 } ?? 0
      name.removeLast(max(0, name.count - start + 1 + length - 255))
      name.append(.dot)
      append(length, to: &name)
    }
    return file(named: name)
  }

  private mutating func file(named name: [UInt8]) -> File {
    let contentNumber = Int(generator.next() % UInt64(contents.count))
    return File(
      type: FileType.allCases[Int(generator.next() % 3)],
      continuationID: continuationIDs[Int(generator.next() % UInt64(continuationIDs.count))], name: name,
      contentNumber: contentNumber, content: contents[contentNumber])
  }

  /// 1 to 255 bytes, mostly few.
  private mutating func componentLength() -> Int {
    let word = generator.next()
    return switch word % 32 {
    case 0: 255
    case 1: 1 + Int(word >> 8 & 0xff) % 255
    case 2: 180 + Int(word >> 8 & 0xff) % 30
    default: 1 + Int(word >> 8 & 0xff) % 6
    }
  }

  private mutating func append(_ count: Int, to name: inout [UInt8]) {
    append(count, of: pools[Int(generator.next() % UInt64(pools.count))], to: &name)
  }

  private mutating func append(_ count: Int, of pool: [UInt8], to name: inout [UInt8]) {
    let start = Int(generator.next() % UInt64(pool.count - count))
    name.append(contentsOf: pool[start..<start + count])
  }
}
