internal import StorageDigests
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// A row that does not go with its object, asked about once more.
private struct Suspect: Sendable {
  var row: FileRow
  /// What the service says of the object now.
  var object: Result<StoredObject?, StorageError>
}

extension StoreCheck {
  private static let pageLength = 200

  /// Compares every row with its object, and asks for the bytes of those whose turn it is.
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
      for finding in await lookAtBytes(of: open.filter { $0.fits && depth(of: $0) > .listing }, index) {
        try tally.count(finding)
      }
      for pair in open where pair.fits && depth(of: pair) == .listing { try tally.count(pair.finding(.same)) }
      for finding in try await lookAgain(at: open.filter { !$0.fits }, index) { try tally.count(finding) }
      if options.reading == nil { meter.count(files: page.count, bytes: 0) }
    }
  }

  // MARK: Bytes

  /// How deep this check looks at a file's object. Nobody knows how to ask for one byte of what has no known length.
  private func depth(of pair: CheckIndex.Pair) -> CheckDepth {
    if pair.isRead { return .allBytes }
    guard options.touches else { return .listing }
    return pair.object?.byteCount == nil ? .allBytes : .firstByte
  }

  /// What was found of each, after the journal was told of it.
  private func lookAtBytes(of pairs: [CheckIndex.Pair], _ index: CheckIndex) async -> [CheckFinding] {
    let looked = await concurrently(pairs, limit: options.jobs) { pair in
      stop.isRaised ? nil : await lookAtBytes(of: pair, index)
    }
    let findings = looked.compactMap(\.self)
    await proofs.forget(
      findings.filter { [.objectMissing, .bytesMissing, .digestDiffers, .sizeDiffers].contains($0.kind) }
        .compactMap(\.id))
    let objects = Dictionary(pairs.map { ($0.id, $0.object) }, uniquingKeysWith: { first, _ in first })
    await proofs.note(
      findings.compactMap { finding in
        guard finding.kind == .same, let id = finding.id, case let object?? = objects[id] else { return nil }
        return (id, object, finding.depth == .allBytes ? .allBytes : .firstByte)
      })
    return findings
  }

  /// Nil for a file that is gone by now.
  private func lookAtBytes(of pair: CheckIndex.Pair, _ index: CheckIndex) async -> CheckFinding? {
    do throws(StorageError) {
      let finding = try await bytes(of: pair)
      if finding.kind == .same { return finding }
      // The row may be gone, and the object with it; what was wrong may have been replaced.
      guard let row = try await project.rows.files(ids: [pair.id]).first, row.place == pair.place else { return nil }
      var again = pair
      again.sha256 = row.metadata.sha256
      again.byteCount = row.byteCount
      guard let object = try await project.objects.object(pair.place.key, in: pair.place.bucket) else {
        return try await repaired(pair.finding(.objectMissing), row, index)
      }
      again.object = object
      guard again.fits else { return again.finding(.sizeDiffers) }
      let confirmed = try await bytes(of: again)
      return confirmed.kind == .bytesMissing ? try await repaired(confirmed, row, index) : confirmed
    } catch {
      return pair.finding(.unreadable, error)
    }
  }

  private func bytes(of pair: CheckIndex.Pair) async throws(StorageError) -> CheckFinding {
    guard depth(of: pair) == .firstByte, let object = pair.object else {
      return try await finding(readingThrough: pair)
    }
    switch try await project.objects.sight(object, in: pair.place.bucket) {
    case .there:
      var finding = pair.finding(.same)
      finding.depth = .firstByte
      return finding
    case .gone: return pair.finding(.objectMissing)
    case .lost: return pair.finding(.bytesMissing)
    // Whoever looks once more sees whether it fits.
    case .replaced: return pair.finding(.sizeDiffers)
    }
  }

  /// Reads an object through and compares it with its row.
  private func finding(readingThrough pair: CheckIndex.Pair) async throws(StorageError) -> CheckFinding {
    let content = try await content(of: pair.place, byteCount: pair.object?.byteCount)
    var finding: CheckFinding
    switch content {
    case .lost: finding = pair.finding(.bytesMissing)
    case .longer: finding = pair.finding(.sizeDiffers)
    case .whole(let sha256, let byteCount):
      let expected = pair.byteCount ?? pair.object?.byteCount
      if expected.map({ $0 != byteCount }) ?? false {
        finding = pair.finding(.sizeDiffers)
        finding.objectByteCount = byteCount
      } else {
        // What is no digest says nothing of a content.
        let expected = pair.sha256.flatMap { SHA256Digest(hex: $0) }
        finding = pair.finding(expected.map { $0 == sha256 } ?? true ? .same : .digestDiffers)
      }
      finding.depth = .allBytes
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
    var fitting: [CheckIndex.Pair] = []
    for suspect in suspects {
      switch suspect.object {
      case .failure(let error): findings.append(suspect.finding(.unreadable, error))
      case .success(nil):
        guard still.contains(suspect.row.place) else { continue }
        findings.append(try await repaired(suspect.finding(.objectMissing), suspect.row, index))
      case .success(let object?):
        let pair = pair(of: suspect.row, object)
        if !suspect.hasSameSize {
          findings.append(suspect.finding(.sizeDiffers))
        } else if depth(of: pair) > .listing {
          fitting.append(pair)
        } else {
          findings.append(suspect.finding(.same))
        }
      }
    }
    return findings + (await lookAtBytes(of: fitting, index))
  }

  private func pair(of row: FileRow, _ object: StoredObject) -> CheckIndex.Pair {
    CheckIndex.Pair(
      place: row.place, id: row.id, byteCount: row.byteCount, sha256: row.metadata.sha256, object: object,
      isRead: options.reading?.includes(row.id, on: options.day) ?? false, isTold: false)
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
