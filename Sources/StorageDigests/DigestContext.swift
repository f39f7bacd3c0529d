internal import CSupastoreCrypto

/// Why libcrypto did not give a digest.
public enum DigestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The algorithm is switched off (a FIPS provider has no MD5), or memory ran out.
  case unavailable(DigestAlgorithm)

  public var description: String {
    switch self {
    case .unavailable(let algorithm): "libcrypto offers no \(algorithm.rawValue)"
    }
  }
}

/// The sole owner of one EVP context: bytes go in, a digest comes out, and it is ready for the next content.
package struct DigestContext<Result: Digest>: ~Copyable {
  private let context: OpaquePointer

  package init() throws(DigestError) {
    context = try Self.started()
  }

  deinit { EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
    try check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  package mutating func update(_ bytes: [UInt8]) throws(DigestError) {
    try check(EVP_DigestUpdate(context, bytes, bytes.count))
  }

  /// The digest of everything since the start or the last `finish`; the context starts again.
  package mutating func finish() throws(DigestError) -> Result {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    try check(EVP_DigestFinal_ex(context, &bytes, &count))
    try restart()
    guard let digest = Result(bytes: bytes.prefix(Int(count))) else { throw .unavailable(Result.algorithm) }
    return digest
  }

  /// Forgets what was fed since the start or the last `finish`.
  package mutating func restart() throws(DigestError) {
    try check(EVP_DigestInit_ex(context, nil, nil))
  }

  /// Goes on from where `other` stands, instead of from what was fed here.
  package mutating func adopt(_ other: borrowing DigestContext) throws(DigestError) {
    try check(EVP_MD_CTX_copy_ex(context, other.context))
  }

  private static func started() throws(DigestError) -> OpaquePointer {
    let type =
      switch Result.algorithm {
      case .sha256: EVP_sha256()
      case .md5: EVP_md5()
      }
    guard let context = EVP_MD_CTX_new() else { throw .unavailable(Result.algorithm) }
    guard EVP_DigestInit_ex(context, type, nil) == 1 else {
      EVP_MD_CTX_free(context)
      throw .unavailable(Result.algorithm)
    }
    return context
  }

  private func check(_ result: Int32) throws(DigestError) {
    guard result == 1 else { throw .unavailable(Result.algorithm) }
  }
}

extension Digest {
  /// The digest of bytes in memory.
  package static func of(_ bytes: [UInt8]) throws(DigestError) -> Self {
    var context = try DigestContext<Self>()
    try context.update(bytes)
    return try context.finish()
  }
}
