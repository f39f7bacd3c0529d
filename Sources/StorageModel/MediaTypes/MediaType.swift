/// What kind of content a file has, as `Content-Type` and the `mime_type` column say it.
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }

  /// `application/octet-stream`.
  public static let unknown = MediaType("application/octet-stream")
  /// `text/plain`, in UTF-8.
  public static let plainText = MediaType("text/plain")

  /// How many bytes of the start `of(name:start:)` looks at.
  public static let startByteCount = 4096

  /// By the extension; nil when the name has none that is known, and the start of the content must tell.
  public static func of(name: LocalPath) -> MediaType? {
    guard let baseName = name.baseName?.bytes else { return nil }
    let suffix = KeyMapping.split(baseName).suffix.dropFirst()
    let name = String(decoding: suffix, as: UTF8.self).lowercased()
    return name == contested ? nil : known[name]
  }

  /// TypeScript and MPEG transport streams share this extension; the content tells which it is.
  private static let contested = "ts"

  /// By the extension, else by the first bytes of the content.
  public static func of(name: LocalPath, start: some Collection<UInt8>) -> MediaType {
    if let type = of(name: name) { return type }
    let sniffed = sniffed(Array(start.prefix(startByteCount)))
    let isContested = name.baseName.map { KeyMapping.split($0.bytes).suffix.lowercased == Array(".\(contested)".utf8) }
    return isContested ?? false && sniffed != transportStream ? known[contested] ?? sniffed : sniffed
  }

  private static let transportStream = MediaType("video/mp2t")

  private static let known: [String: MediaType] = {
    var table: [String: MediaType] = [:]
    for (type, extensions) in mediaTypesByExtension {
      for name in extensions.split(separator: " ") { table[String(name)] = MediaType(type) }
    }
    return table
  }()
}
