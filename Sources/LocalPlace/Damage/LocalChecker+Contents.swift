internal import Glibc
internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

extension LocalChecker {
  /// Compares what lies on the disk with what the rows name.
  mutating func compare(_ blobs: BlobDirectory, _ isReadable: Bool) throws {
    (check.blobCount, check.byteCount) = try total(of: blobs)
    if !isQuick { meter.expect(fileCount: check.blobCount, byteCount: check.byteCount) }
    var found = try expected.prepare("DELETE FROM objects WHERE sha256 = ?")
    var unnamedCount = 0
    var findings: [LocalFinding] = []
    var checker = self
    try blobs.forEachEntry(
      { entry in
        if let byteCount = entry.byteCount {
          let (isNamed, flaw) = try length(byteCount, of: entry)
          if !isNamed { unnamedCount += 1 }
          // With the rows known, what none of them names is nobody's.
          let isRead = !isQuick && (isNamed || !isReadable)
          do {
            if let finding = try flaw ?? (isRead ? content(of: entry) : nil) { findings.append(finding) }
            try found.run([.text(entry.digest.hex)])
          } catch let error as FileError where error.isAbsence {
            // Deleted since its folder was read; if an object still names it, it is missing.
          }
        }
        if let finding = try sidecar(of: entry) { findings.append(finding) }
        for finding in findings { checker.note(finding) }
        findings = []
      },
      others: {
        checker.note(LocalFinding(.leftover, "\($0) was left by a killed process; it can be removed"))
      })
    self = checker
    guard isReadable else { return }
    check.unnamedCount = unnamedCount
    if unnamedCount > 0 { note(LocalFinding(.blobsUnnamed, "no row names \(unnamedCount) blobs")) }
  }

  private func total(of blobs: BlobDirectory) throws -> (count: Int, byteCount: Int64) {
    var (count, byteCount) = (0, Int64(0))
    try blobs.forEachEntry(
      { entry in
        guard let bytes = entry.byteCount else { return }
        count += 1
        byteCount += bytes
      }, others: { _ in })
    return (count, byteCount)
  }

  /// Whether an object names the blob, and what is wrong with its length.
  private func length(
    _ byteCount: Int64, of entry: BlobEntry
  ) throws(SQLiteError) -> (isNamed: Bool, flaw: LocalFinding?) {
    var objects = try expected.prepare(
      "SELECT bucket, key, size_bytes FROM objects WHERE sha256 = ? ORDER BY size_bytes = ? LIMIT 1")
    try objects.bind([.text(entry.digest.hex), .integer(byteCount)])
    guard try objects.step() else { return (false, nil) }
    let size = objects.integer(2)
    if size == byteCount { return (true, nil) }
    let flaw = LocalFinding(
      .blobLength, "blob \(entry.digest.hex) has \(byteCount) bytes, its object \(size)", sha256: entry.digest,
      bucket: objects.value(0).text, storagePath: objects.value(1).text)
    return (true, flaw)
  }

  /// What is wrong with a blob's bytes. Throws when it is not there any more.
  private func content(of entry: BlobEntry) throws -> LocalFinding? {
    do {
      return try entry.digests(meter)?.sha256 == entry.digest ? nil : .blobContent(entry.digest)
    } catch let error as FileError where !error.isAbsence {
      return LocalFinding(.blobUnreadable, "\(error)", sha256: entry.digest)
    }
  }

  /// Strikes the files out that have their lines, and says what is wrong with the sidecar.
  private func sidecar(of entry: BlobEntry) throws -> LocalFinding? {
    var noted = try expected.prepare("DELETE FROM files WHERE sha256 = ? AND id = ?")
    do {
      let count = try entry.forEachLine { line in
        try noted.run([.text(entry.digest.hex), .text(line.file.id.description)])
      }
      if count == 0 { return nil }
      return LocalFinding(
        .sidecarLineUnreadable, "\(count) lines beside blob \(entry.digest.hex) cannot be read", sha256: entry.digest)
    } catch let error as FileError {
      if error.isAbsence { return nil }
      return LocalFinding(.sidecarLineUnreadable, "\(error)", sha256: entry.digest)
    }
  }

  /// What the rows name and was not met on the disk.
  mutating func reportMissing() throws(SQLiteError) {
    var objects = try expected.prepare(
      "SELECT sha256, bucket, key FROM objects WHERE is_purging = 0 ORDER BY sha256, bucket, key")
    let database = try Database(inspecting: DatabaseFile(in: root).path.bytes, schema: LocalDatabase.schema)
    while try objects.step() {
      let (digest, key) = (objects.value(0).text ?? "", objects.value(2).text ?? "")
      // It may have been deleted, or its purge begun, since the rows were read.
      guard try database.stillNames(digest, key: key, bucket: objects.value(1).text ?? "") else { continue }
      note(
        LocalFinding(
          .blobMissing, "blob \(digest) of object \(key) is missing", sha256: SHA256Digest(hex: digest),
          bucket: objects.value(1).text, storagePath: key))
    }
    var files = try expected.prepare("SELECT sha256, id, storage_path FROM files ORDER BY sha256, id")
    while try files.step() {
      let (digest, id) = (files.value(0).text ?? "", files.value(1).text ?? "")
      guard try database.has(file: id) else { continue }
      note(
        LocalFinding(
          .sidecarLineMissing, "file \(id) has no line beside blob \(digest)",
          sha256: SHA256Digest(hex: digest), storagePath: files.value(2).text))
    }
  }
}

extension LocalFinding {
  static func blobContent(_ digest: SHA256Digest) -> LocalFinding {
    LocalFinding(.blobContent, "blob \(digest.hex) holds other bytes than its name says", sha256: digest)
  }
}

extension FileError {
  /// Whether it only says that nothing has the name.
  fileprivate var isAbsence: Bool {
    if case .failed(_, _, code: ENOENT) = self { true } else { false }
  }
}

extension Database {
  fileprivate func has(file id: String) throws(SQLiteError) -> Bool {
    var question = try prepare("SELECT 1 FROM files WHERE id = ?")
    try question.bind([.text(id)])
    return try question.step()
  }

  /// Whether an object that is not being purged has that content.
  fileprivate func stillNames(_ digest: String, key: String, bucket: String) throws(SQLiteError) -> Bool {
    let purging =
      try has(table: "trash")
      ? """
      AND NOT EXISTS (SELECT 1 FROM trash AS t
        WHERE t.bucket = objects.bucket AND t.key = objects.key AND state IN ('purging', 'purged'))
      """ : ""
    var question = try prepare(
      "SELECT 1 FROM objects WHERE sha256 = ? AND key = ? AND bucket = ? \(purging)")
    try question.bind([.text(digest), .text(key), .text(bucket)])
    return try question.step()
  }
}
