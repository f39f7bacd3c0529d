/// What a content is, as far as a server can be asked about it.
package struct ContentDigests: Hashable, Sendable {
  package var byteCount: Int64
  package var sha256: SHA256Digest
  /// Nil when only parts were asked for and there were several.
  package var md5: MD5Digest?
  /// Nil when it was not asked for, or the content is no longer than one part.
  package var multipart: MultipartMD5?

  package init(byteCount: Int64, sha256: SHA256Digest, md5: MD5Digest?, multipart: MultipartMD5?) {
    self.byteCount = byteCount
    self.sha256 = sha256
    self.md5 = md5
    self.multipart = multipart
  }
}

/// The MD5 of the MD5s of a content's parts: the ETag that S3 gives to what came in several parts.
package struct MultipartMD5: Hashable, Sendable, CustomStringConvertible {
  package var digest: MD5Digest
  package var partCount: Int

  package init(digest: MD5Digest, partCount: Int) {
    self.digest = digest
    self.partCount = partCount
  }

  /// As in an ETag without its quotes: `0123…-3`.
  package var description: String { "\(digest.hex)-\(partCount)" }

  /// Reads `description` back.
  package init?(_ description: String) {
    let halves = description.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count == 2, let digest = MD5Digest(hex: halves[0]), let partCount = Int(halves[1]), partCount > 0
    else { return nil }
    self.init(digest: digest, partCount: partCount)
  }
}

/// Which MD5s a content needs, besides its SHA-256. Both are paid twice only beyond the first part.
package enum MD5Cut: Hashable, Sendable {
  case whole
  case parts(ofBytes: Int)
  case wholeAndParts(ofBytes: Int)

  package var partSize: Int? {
    switch self {
    case .whole: nil
    case .parts(let size), .wholeAndParts(let size): size
    }
  }
}

/// Feeds one pass over a content to all the digests it needs. One thread at a time.
package struct ContentDigester: ~Copyable {
  private var sha256: DigestContext<SHA256Digest>
  private var whole: DigestContext<MD5Digest>
  private var part: DigestContext<MD5Digest>
  private var partDigests: [UInt8] = []
  private var partByteCount = 0
  private var byteCount: Int64 = 0
  private let feedsWhole: Bool
  private let partSize: Int?

  /// A part size below one byte counts as one byte.
  package init(md5 cut: MD5Cut = .whole) throws(DigestError) {
    let sha256 = try DigestContext<SHA256Digest>()
    let whole = try DigestContext<MD5Digest>()
    let part = try DigestContext<MD5Digest>()
    self.sha256 = sha256
    self.whole = whole
    self.part = part
    partSize = cut.partSize.map { max($0, 1) }
    feedsWhole =
      switch cut {
      case .whole, .wholeAndParts: true
      case .parts: false
      }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
    try sha256.update(bytes)
    if let partSize {
      try updateParts(bytes, partSize: partSize)
    } else {
      try whole.update(bytes)
    }
    byteCount += Int64(bytes.count)
  }

  /// The digests of everything since the start or the last `finish`; the digester starts again.
  package mutating func finish() throws(DigestError) -> ContentDigests {
    let sha256Digest = try sha256.finish()
    let md5: MD5Digest?
    var multipart: MultipartMD5?
    if partSize == nil {
      md5 = try whole.finish()
    } else if partDigests.isEmpty {
      md5 = try part.finish()
    } else {
      md5 = feedsWhole ? try whole.finish() : nil
      try finishPart()
      multipart = MultipartMD5(digest: try .of(partDigests), partCount: partDigests.count / MD5Digest.byteCount)
    }
    defer { forget() }
    return ContentDigests(byteCount: byteCount, sha256: sha256Digest, md5: md5, multipart: multipart)
  }

  /// Forgets a content that was given up half-way.
  package mutating func restart() throws(DigestError) {
    try sha256.restart()
    try whole.restart()
    try part.restart()
    forget()
  }

  private mutating func forget() {
    byteCount = 0
    partByteCount = 0
    partDigests.removeAll()
  }

  /// A full part is closed only when more bytes come: a content of exactly one part is not a content in parts.
  /// Up to there its MD5 is that of the whole, which goes on from a copy of it.
  private mutating func updateParts(_ bytes: UnsafeRawBufferPointer, partSize: Int) throws(DigestError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if partByteCount == partSize {
        if feedsWhole && partDigests.isEmpty { try whole.adopt(part) }
        try finishPart()
      }
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(partSize - partByteCount))
      try part.update(piece)
      if feedsWhole && !partDigests.isEmpty { try whole.update(piece) }
      partByteCount += piece.count
      rest = rest.dropFirst(piece.count)
    }
  }

  private mutating func finishPart() throws(DigestError) {
    partDigests += try part.finish().bytes
    partByteCount = 0
  }
}
