/// A row that does not go with its object, asked about once more.
private struct Suspect: Sendable {
  var row: FileRow
  /// What the service says of the object now.
  var object: Result<StoredObject?, StorageError>
}

extension StoreCheck {
  private static let pageLength = 200

  /// Compares every row with its object, and reads those whose turn it is.
  func comparePairs(_ index: CheckIndex, _ tally: inout CheckTally) async throws(StorageError) {
    let total: (count: Int, byteCount: Int64) =
      options.reading == nil ? (tally.summary.rowCount, 0) : try await index.readTotal()
    meter.expect(fileCount: total.count, byteCount: total.byteCount)
    var place: ObjectAddress?
    while true {
      try checkStop()
      let page = try await index.pairs(after: place, limit: Self.pageLength)
      guard let last = page.last else { return }
      place = last.place
      let open = page.filter { !$0.isTold }
      for finding in await read(open.filter { $0.isRead && $0.fits }) { try tally.count(finding) }
      for pair in open where pair.fits && !pair.isRead { try tally.count(pair.finding(.same)) }
      for finding in try await lookAgain(at: open.filter { !$0.fits }, index) { try tally.count(finding) }
      if options.reading == nil { meter.count(files: page.count, bytes: 0) }
    }
  }

  // MARK: Reading

  private func read(_ pairs: [CheckIndex.Pair]) async -> [CheckFinding] {
    let findings = await concurrently(pairs, limit: options.jobs) { pair in
      stop.isRaised ? nil : await read(pair)
    }
    return findings.compactMap(\.self)
  }

  /// Nil for a file that is gone by now.
  private func read(_ pair: CheckIndex.Pair) async -> CheckFinding? {
    do throws(StorageError) {
      let finding = try await finding(readingThrough: pair)
      if finding.kind == .same { return finding }
      // The row may be gone, and the object with it; what was wrong may have been replaced.
      guard let row = try await project.rows.files(ids: [pair.id]).first, row.place == pair.place else { return nil }
      var again = pair
      again.sha256 = row.metadata.sha256
      again.byteCount = row.byteCount
      guard let object = try await project.objects.object(pair.place.key, in: pair.place.bucket) else {
        return pair.finding(.objectMissing)
      }
      again.object = object
      guard again.fits else { return again.finding(.sizeDiffers) }
      return try await self.finding(readingThrough: again)
    } catch {
      return pair.finding(.unreadable, error)
    }
  }

  /// Reads an object through and compares it with its row.
  private func finding(readingThrough pair: CheckIndex.Pair) async throws(StorageError) -> CheckFinding {
    let content = try await content(of: pair.place, byteCount: pair.object?.byteCount)
    var finding: CheckFinding
    switch content {
    case .lost: finding = pair.finding(.contentMissing)
    case .longer: finding = pair.finding(.sizeDiffers)
    case .whole(let sha256, let byteCount):
      let expected = pair.byteCount ?? pair.object?.byteCount
      if expected.map({ $0 != byteCount }) ?? false {
        finding = pair.finding(.sizeDiffers)
        finding.objectByteCount = byteCount
      } else {
        finding = pair.finding((pair.sha256.map { $0 == sha256.hex } ?? true) ? .same : .digestDiffers)
      }
      finding.wasRead = true
      meter.count(files: 1, bytes: byteCount)
    }
    return finding
  }

  // MARK: Looking once more

  /// Row, object and row again: when the row was there before and after, its object should have been.
  private func lookAgain(
    at pairs: [CheckIndex.Pair], _ index: CheckIndex
  ) async throws(StorageError) -> [CheckFinding] {
    if pairs.isEmpty { return [] }
    let suspects = await ask(about: try await rows(of: pairs))
    let lost = suspects.filter { if case .success(nil) = $0.object { true } else { false } }
    let still = Set(try await project.rows.files(ids: lost.map(\.row.id)).map(\.place))
    var findings: [CheckFinding] = []
    for suspect in suspects {
      switch suspect.object {
      case .failure(let error): findings.append(suspect.finding(.unreadable, error))
      case .success(nil):
        guard still.contains(suspect.row.place) else { continue }
        findings.append(try await repaired(suspect.finding(.objectMissing), suspect.row, index))
      case .success: findings.append(suspect.finding(suspect.hasSameSize ? .same : .sizeDiffers))
      }
    }
    return findings
  }

  /// The rows that are still on their places.
  private func rows(of pairs: [CheckIndex.Pair]) async throws(StorageError) -> [FileRow] {
    let places = Set(pairs.map(\.place))
    let rows = try await project.rows.files(ids: pairs.map(\.id))
    return rows.filter { places.contains($0.place) }.sorted { $0.place.precedes($1.place) }
  }

  private func ask(about rows: [FileRow]) async -> [Suspect] {
    await concurrently(rows, limit: options.jobs) { row in
      do throws(StorageError) {
        return Suspect(row: row, object: .success(try await project.objects.object(row.storagePath, in: row.bucket)))
      } catch {
        // A row of another program's may name a bucket that is not there.
        let isElsewhere = error.code == .setup && Bucket(rawValue: row.bucket) == nil
        return Suspect(row: row, object: isElsewhere ? .success(nil) : .failure(error))
      }
    }
  }
}

extension CheckIndex.Pair {
  /// Whether nothing that was listed speaks against it.
  var fits: Bool {
    guard let object else { return false }
    guard let byteCount, let objectByteCount = object.byteCount else { return true }
    return byteCount == objectByteCount
  }

  func finding(_ kind: CheckFinding.Kind, _ error: StorageError? = nil) -> CheckFinding {
    var finding = CheckFinding(kind, place, id: id, error: error)
    finding.sha256 = sha256
    finding.byteCount = byteCount
    finding.objectByteCount = object?.byteCount
    return finding
  }
}

extension Suspect {
  fileprivate var hasSameSize: Bool {
    guard case .success(let object?) = object, let size = object.byteCount, let byteCount = row.byteCount else {
      return true
    }
    return size == byteCount
  }

  fileprivate func finding(_ kind: CheckFinding.Kind, _ error: StorageError? = nil) -> CheckFinding {
    var finding = CheckFinding(kind, row.place, id: row.id, error: error)
    finding.sha256 = row.metadata.sha256
    finding.byteCount = row.byteCount
    if case .success(let object?) = object { finding.objectByteCount = object.byteCount }
    return finding
  }
}

extension ObjectAddress {
  /// By their bytes.
  func precedes(_ other: ObjectAddress) -> Bool {
    if bucket != other.bucket { return bucket.utf8.lexicographicallyPrecedes(other.bucket.utf8) }
    return key.utf8.lexicographicallyPrecedes(other.key.utf8)
  }
}
