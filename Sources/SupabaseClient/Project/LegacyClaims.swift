import FoundationEssentials

extension APIKey.LegacyClaims {
  /// Reads the claims of a JSON Web Token without checking its signature.
  init(token: String) throws(InvalidAPIKey) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw parts.first?.hasPrefix("eyJ") == true ? .truncated : .unknownForm }
    guard parts.allSatisfy({ !$0.isEmpty }) else { throw .truncated }
    guard Self.isJSONObject(parts[0]), let claims = Self.decode(Claims.self, from: parts[1]),
      Self.bytes(ofBase64URL: parts[2]) != nil
    else { throw .unreadableToken }
    self.init(role: claims.role, expiresAt: claims.exp, projectReference: claims.ref)
  }

  private struct Header: Decodable {
    let alg: String
  }

  private struct Claims: Decodable {
    let role: String?
    let exp: Int64?
    let ref: String?
  }

  private static func isJSONObject(_ part: Substring) -> Bool {
    decode(Header.self, from: part) != nil
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from part: Substring) -> Value? {
    guard let bytes = bytes(ofBase64URL: part) else { return nil }
    return try? JSONDecoder().decode(type, from: bytes)
  }

  private static func bytes(ofBase64URL part: Substring) -> Data? {
    var text = String(part.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: text)
  }
}
