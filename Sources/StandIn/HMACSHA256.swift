internal import CSupastoreCrypto

/// The signature of an HS256 token.
package func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
  var count: UInt32 = 0
  let result = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &digest, &count)
  precondition(result != nil, "HMAC-SHA256 of libcrypto cannot fail on memory buffers")
  return Array(digest.prefix(Int(count)))
}
