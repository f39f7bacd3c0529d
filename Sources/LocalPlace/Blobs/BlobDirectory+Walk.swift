internal import Glibc
internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageRunning

/// What lies in the local store under one content's name.
struct BlobEntry {
  let digest: SHA256Digest
  let folder: TargetDirectory
  /// Bytes; nil when only the sidecar is there.
  var byteCount: Int64?
  var hasSidecar = false
}

extension BlobDirectory {
  /// Hands over every content that has a blob or a sidecar, in the order of their digests, and the paths of what else
  /// lies there. Holds the names of one folder at a time.
  func forEachEntry(_ body: (BlobEntry) throws -> Void, others: (LocalPath) throws -> Void) throws {
    for number in 0..<256 {
      let name = Array((number < 16 ? "0" : "").utf8) + Array(String(number, radix: 16).utf8)
      guard let folder = try root.existingSubdirectory(name) else { continue }
      let listing = try folder.listing()
      var entries: [String: BlobEntry] = [:]
      for index in 0..<listing.count {
        let name = listing.name(index)
        let isSidecar = name.bytes.suffix(5).elementsEqual(".json".utf8)
        guard let text = name.string, let digest = SHA256Digest(hex: text.dropLast(isSidecar ? 5 : 0)),
          case .file(let status) = listing.finding(index)
        else {
          try others(folder.path.appending(name))
          continue
        }
        var entry = entries[digest.hex] ?? BlobEntry(digest: digest, folder: folder)
        if isSidecar { entry.hasSidecar = true } else { entry.byteCount = status.byteCount }
        entries[digest.hex] = entry
      }
      for key in entries.keys.sorted() { if let entry = entries[key] { try body(entry) } }
    }
    let listing = try root.listing()
    for index in 0..<listing.count where listing.name(index).bytes.first == .dot {
      try others(root.path.appending(listing.name(index)))
    }
  }
}

extension BlobEntry {
  /// Reads the blob through; nil when it is not there.
  func digests(_ meter: ProgressMeter) throws -> ContentDigests? {
    guard byteCount != nil else { return nil }
    let blob = try BlobFile(Array(digest.hex.utf8), in: folder)
    var digester = try ContentDigester(md5: .whole)
    try blob.forEachPiece(of: 0..<blob.byteCount) { piece in
      try digester.update(piece)
      meter.count(files: 0, bytes: Int64(piece.count))
    }
    meter.count(files: 1, bytes: 0)
    return try digester.finish()
  }

  /// Hands over the lines of the sidecar, as far as they can be read, in their order.
  /// - Returns: how many cannot be read.
  func forEachLine(_ body: (SidecarLine) throws -> Void) throws -> Int {
    guard hasSidecar else { return 0 }
    let sidecar = try BlobFile(Array("\(digest.hex).json".utf8), in: folder)
    var (rest, unreadableCount, isTooLong): ([UInt8], Int, Bool) = ([], 0, false)
    func end() throws {
      defer { (rest, isTooLong) = ([], false) }
      if rest.isEmpty, !isTooLong { return }
      guard !isTooLong, let line = SidecarLine(rest, beside: digest) else {
        unreadableCount += 1
        return
      }
      try body(line)
    }
    try sidecar.forEachPiece(of: 0..<sidecar.byteCount) { piece in
      for (index, part) in piece.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
        if index > 0 { try end() }
        isTooLong = isTooLong || rest.count + part.count > SidecarLine.byteLimit
        if isTooLong { rest = [] } else { rest += part }
      }
    }
    try end()
    return unreadableCount
  }
}
