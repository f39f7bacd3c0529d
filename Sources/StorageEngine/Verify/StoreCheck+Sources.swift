internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

extension StoreCheck {
  /// A file that changes more often while it is hashed is given up.
  private static let attemptLimit = 3

  /// Compares the files of directories with what was listed, as `migrate` would store them.
  func compare(
    _ roots: [MigrationRoot], _ index: CheckIndex, _ tally: inout CheckTally
  ) async throws(StorageError) {
    if roots.isEmpty { return }
    try await index.indexNames()
    tally.summary.sourceCount = 0
    for root in roots {
      let reader = try await reader(root)
      let size = await reader.measure(until: stop)
      meter.expect(fileCount: size.fileCount, byteCount: size.byteCount)
      try await compare(reader, index, &tally)
    }
  }

  private func reader(_ root: MigrationRoot) async throws(StorageError) -> SourceReader {
    guard let bucket = try await project.objects.bucket(options.type.bucket.name) else {
      throw StorageError(.setup, "bucket \(options.type.bucket.name) does not exist", hint: "run `supastore setup`")
    }
    let reader = try SourceReader(
      [.tree(root.source, options.patterns)],
      to: SourceReader.Destination(type: options.type, bucket: bucket, continuationID: root.continuationID),
      journal: project.journalPlace(), remembersProofs: false)
    // It may have been named by the id of its row, as for `migrate`.
    if let continuationID = root.continuationID,
      let found = try await project.rows.conversation(continuationID: continuationID)
    {
      await reader.file(under: found.continuationID)
    }
    return reader
  }

  private func compare(
    _ reader: SourceReader, _ index: CheckIndex, _ tally: inout CheckTally
  ) async throws(StorageError) {
    while true {
      try checkStop()
      let (window, passedOver) = await reader.nextWindow()
      if window.files.isEmpty, passedOver.isEmpty { return }
      for outcome in passedOver where outcome.status == .failed { try tally.count(outcome.finding) }
      let files = await hashed(window.files, by: reader)
      try await reader.recordDigests()
      let sources = files.compactMap { $0.error == nil ? CheckedSource($0) : nil }
      tally.summary.sourceCount? += window.files.count
      for file in files where file.row == nil || file.error != nil { try tally.count(file.finding) }
      try await index.note(sources)
      for finding in try await findings(of: sources, index) { try tally.count(finding) }
      meter.count(files: window.files.count, bytes: window.byteCount)
    }
  }

  private func hashed(_ files: [MigratingFile], by reader: SourceReader) async -> [MigratingFile] {
    var files = files
    for _ in 0..<Self.attemptLimit {
      files = await reader.assess(files)
      if files.allSatisfy({ $0.error != nil || $0.row != nil }) { break }
    }
    return files
  }

  /// Of those that do not fit. What row and object have to say to each other is told of them, not of the source.
  private func findings(
    of sources: [CheckedSource], _ index: CheckIndex
  ) async throws(StorageError) -> [CheckFinding] {
    var findings: [CheckFinding] = []
    var absent: [CheckedSource] = []
    for source in sources {
      try checkStop()
      guard let pair = try await index.pair(at: source.row.place) else {
        if try await index.object(at: source.row.place) == nil { absent.append(source) }
        continue
      }
      guard pair.id == source.row.id else {
        findings.append(source.finding(.rowDiffers))
        continue
      }
      guard let object = pair.object, pair.fits else { continue }
      if let kind = try await difference(of: source, object) {
        var finding = source.finding(kind, object)
        if kind == .bytesMissing {
          await proofs.forget([source.row.id])
          finding = try await repaired(finding, source.row, index)
        }
        findings.append(finding)
        try await index.noteTold(pair.place)
      }
    }
    return findings + (try await lookAgain(at: absent, index))
  }

  /// How the object of a source's row differs from the source; nil when it does not, or the row is gone.
  private func difference(
    of source: CheckedSource, _ object: StoredObject
  ) async throws(StorageError) -> CheckFinding.Kind? {
    switch ObjectProof(of: object, against: source.digests) {
    case .holds: return nil
    case .unsettled, .differs: break
    }
    let place = source.row.place
    guard let object = try await project.objects.object(place.key, in: place.bucket) else { return nil }
    switch ObjectProof(of: object, against: source.digests) {
    case .holds: return nil
    case .differs: return .sizeDiffers
    case .unsettled: break
    }
    switch try await content(of: place, byteCount: object.byteCount) {
    case .lost: return .bytesMissing
    case .longer: return .sizeDiffers
    case .whole(let sha256, _): return sha256 == source.digests.sha256 ? nil : .digestDiffers
    }
  }

  /// Of sources of which nothing was listed.
  private func lookAgain(
    at sources: [CheckedSource], _ index: CheckIndex
  ) async throws(StorageError) -> [CheckFinding] {
    if sources.isEmpty { return [] }
    let rows = Set(try await project.rows.files(ids: sources.map(\.row.id)).map(\.id))
    let missing = sources.filter { !rows.contains($0.row.id) }
    var objects: [String: StoredObject] = [:]
    let bucket = options.type.bucket.name
    for key in try await project.objects.list(missing.map(\.row.storagePath), in: bucket, into: &objects) {
      objects[key] = try await project.objects.object(key, in: bucket)
    }
    var findings: [CheckFinding] = []
    for source in missing {
      if let object = objects[source.row.storagePath] {
        findings.append(source.finding(.pending, object))
      } else {
        let metadata = source.row.metadata
        let isOld = try await index.holdsFile(
          named: metadata.relativePath ?? "", of: metadata.continuationID, in: bucket)
        findings.append(source.finding(isOld ? .sourceDiffers : .notStored))
      }
    }
    return findings
  }
}

extension CheckedSource {
  fileprivate func finding(_ kind: CheckFinding.Kind, _ object: StoredObject? = nil) -> CheckFinding {
    var finding = CheckFinding(kind, row.place, id: row.id)
    finding.path = path
    finding.sha256 = row.metadata.sha256
    finding.byteCount = row.byteCount
    finding.objectByteCount = object?.byteCount
    return finding
  }
}

extension MigratingFile {
  /// Of one that was not hashed.
  fileprivate var finding: CheckFinding {
    var finding = CheckFinding(.unreadable, error: error ?? StorageError(.changed(path)))
    finding.path = path
    return finding
  }
}

extension FileOutcome {
  fileprivate var finding: CheckFinding {
    var finding = CheckFinding(.unreadable, error: error)
    finding.path = path
    finding.byteCount = byteCount
    return finding
  }
}
