internal import CSupastoreCrypto

/// An MD5 under way. Used by one thread at a time.
final class MD5 {
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
    self.context = context
    start()
  }

  deinit { EVP_MD_CTX_free(context) }

  private func start() {
    let isStarted = EVP_DigestInit_ex(context, EVP_md5(), nil)
    precondition(isStarted == 1, "libcrypto has no MD5")
  }

  func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { buffer in
      let isTaken = EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
      precondition(isTaken == 1, "MD5 of libcrypto cannot fail on memory")
    }
  }

  /// The digest of what was given since the last call; starts anew.
  func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 16)
    var count: UInt32 = 0
    let isFinished = EVP_DigestFinal_ex(context, &digest, &count)
    precondition(isFinished == 1 && count == 16, "MD5 of libcrypto cannot fail on memory")
    start()
    return digest
  }
}

/// The ETag of an object, made while its bytes pass.
struct ETag {
  static let partByteCount = 16 << 20

  private let usesParts: Bool
  private let digest = MD5()
  private var partByteCount = 0
  private var partDigests: [UInt8] = []

  init(_ kind: ETags) {
    usesParts = kind == .multipart
  }

  mutating func update(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while usesParts, partByteCount + rest.count > Self.partByteCount {
      digest.update(rest.prefix(Self.partByteCount - partByteCount))
      rest = rest.dropFirst(Self.partByteCount - partByteCount)
      partDigests += digest.finish()
      partByteCount = 0
    }
    digest.update(rest)
    partByteCount += rest.count
  }

  /// With its quotes.
  mutating func finish() -> String {
    let last = digest.finish()
    if partDigests.isEmpty { return "\"\(Self.hexadecimal(last))\"" }
    partDigests += last
    digest.update(partDigests[...])
    return "\"\(Self.hexadecimal(digest.finish()))-\(partDigests.count / 16)\""
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
