extension MediaType {
  /// By the first bytes of a content alone.
  static func sniffed(_ start: [UInt8]) -> MediaType {
    if let signature = signatures.first(where: { $0.matches(start) }) { return MediaType(signature.type) }
    return isText(start) ? .plainText : .unknown
  }

  /// Bytes that contents of a type begin with, the second ones at an offset of their own.
  private struct Signature {
    let type: String
    let bytes: [UInt8]
    let offset: Int
    let first: [UInt8]

    init(_ type: String, _ bytes: [UInt8], at offset: Int = 0, after first: [UInt8] = []) {
      self.type = type
      self.bytes = bytes
      self.offset = offset
      self.first = first
    }

    init(_ type: String, _ text: String, at offset: Int = 0, after first: String = "") {
      self.init(type, Array(text.utf8), at: offset, after: Array(first.utf8))
    }

    func matches(_ start: [UInt8]) -> Bool {
      start.starts(with: first) && start.dropFirst(offset).starts(with: bytes)
    }
  }

  private static let signatures: [Signature] = [
    Signature("application/pdf", "%PDF-"),
    Signature("application/postscript", "%!PS"),
    Signature("image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    Signature("image/jpeg", [0xff, 0xd8, 0xff]),
    Signature("image/gif", "GIF87a"),
    Signature("image/gif", "GIF89a"),
    Signature("image/webp", "WEBP", at: 8, after: "RIFF"),
    Signature("image/tiff", [0x49, 0x49, 0x2a, 0x00]),
    Signature("image/tiff", [0x4d, 0x4d, 0x00, 0x2a]),
    Signature("audio/wav", "WAVE", at: 8, after: "RIFF"),
    Signature("video/x-msvideo", "AVI ", at: 8, after: "RIFF"),
    Signature("audio/ogg", "OggS"),
    Signature("audio/flac", "fLaC"),
    Signature("audio/mpeg", "ID3"),
    Signature("video/quicktime", "ftypqt", at: 4),
    Signature("image/avif", "ftypavif", at: 4),
    Signature("image/heic", "ftypheic", at: 4),
    Signature("image/heic", "ftypheix", at: 4),
    Signature("image/heif", "ftypmif1", at: 4),
    Signature("image/heif", "ftypmsf1", at: 4),
    Signature("audio/mp4", "ftypM4A ", at: 4),
    Signature("audio/mp4", "ftypM4B ", at: 4),
    Signature("video/mp4", "ftyp", at: 4),
    // Packets of 188 bytes begin with the same one.
    Signature("video/mp2t", [0x47], at: 188, after: [0x47]),
    Signature("video/matroska", [0x1a, 0x45, 0xdf, 0xa3]),
    Signature("application/zip", [0x50, 0x4b, 0x03, 0x04]),
    Signature("application/zip", [0x50, 0x4b, 0x05, 0x06]),
    Signature("application/gzip", [0x1f, 0x8b]),
    Signature("application/x-bzip2", "BZh"),
    Signature("application/x-xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
    Signature("application/zstd", [0x28, 0xb5, 0x2f, 0xfd]),
    Signature("application/x-7z-compressed", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
    Signature("application/vnd.rar", "Rar!\u{1a}\u{7}"),
    Signature("application/x-tar", "ustar", at: 257),
    Signature("application/x-elf", [0x7f, 0x45, 0x4c, 0x46]),
    Signature("application/wasm", [0x00, 0x61, 0x73, 0x6d]),
    Signature("application/vnd.sqlite3", "SQLite format 3\u{0}"),
    Signature("font/woff", "wOFF"),
    Signature("font/woff2", "wOF2"),
    Signature("application/xml", "<?xml "),
    Signature("text/html", "<!DOCTYPE html"),
    Signature("text/html", "<!doctype html"),
    Signature("text/html", "<html"),
    Signature("text/plain", [0xef, 0xbb, 0xbf]),
    Signature("text/plain", [0xff, 0xfe]),
    Signature("text/plain", [0xfe, 0xff]),
  ]

  /// No control characters but those of text, and UTF-8 or at least mostly ASCII, as older encodings look.
  private static func isText(_ start: [UInt8]) -> Bool {
    if start.isEmpty || start.contains(where: { isControl($0) }) { return false }
    let high = start.count { $0 >= 0x80 }
    if high * 4 <= start.count { return true }
    // The last character may be cut.
    return (0...min(3, start.count - 1)).contains { String(validating: start.dropLast($0), as: UTF8.self) != nil }
  }

  /// All of C0 but tab, newline, form feed, carriage return and escape; and DEL.
  private static func isControl(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x0a, 0x0c, 0x0d, 0x1b: false
    case 0..<0x20, 0x7f: true
    default: false
    }
  }
}
