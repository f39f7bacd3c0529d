internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// An object that no row describes, asked about once more.
private struct Stray: Sendable {
  var place: ObjectAddress
  /// What the service says of it now; nil: it is gone.
  var object: Result<StoredObject?, StorageError>
}

extension StoreCheck {
  private static let pageLength = 200

  /// Explains every object that no row describes, or tells of it.
  func compareStrays(_ index: CheckIndex, _ tally: inout CheckTally) async throws(StorageError) {
    let trash = TrashLookup(project: project)
    var place: ObjectAddress?
    while true {
      try checkStop()
      let page = try await index.strays(after: place, limit: Self.pageLength)
      guard let last = page.last else { return }
      place = ObjectAddress(bucket: last.bucket, key: last.object.key)
      for finding in try await findings(of: page, trash, index) { try tally.count(finding) }
    }
  }

  private func findings(
    of page: [(bucket: String, object: StoredObject)], _ trash: TrashLookup, _ index: CheckIndex
  ) async throws(StorageError) -> [CheckFinding] {
    var findings: [CheckFinding] = []
    var old: [ObjectAddress] = []
    for (bucket, object) in page {
      let place = ObjectAddress(bucket: bucket, key: object.key)
      if isPending(object) { findings.append(place.finding(.pending, object)) } else { old.append(place) }
    }
    old = try await withoutRow(old)
    let strays = await ask(about: old)
    // In this order: what came into the trash after it was found without a row is there by now.
    let states = try await trash.states(of: old)
    let still = Set(try await withoutRow(old))
    for stray in strays {
      switch stray.object {
      case .failure(let error): findings.append(CheckFinding(.unreadable, stray.place, error: error))
      case .success(nil): continue
      case .success(let object?):
        if let state = states[stray.place], state != .purged {
          findings.append(stray.place.finding(.trashed, object))
        } else if still.contains(stray.place) {
          findings.append(try await finding(of: object, stray.place, index, trash))
        }
      }
    }
    return findings
  }

  private func finding(
    of object: StoredObject, _ place: ObjectAddress, _ index: CheckIndex, _ trash: TrashLookup
  ) async throws(StorageError) -> CheckFinding {
    if isPending(object) { return place.finding(.pending, object) }
    let source = try await index.source(at: place)
    guard object.marker != nil || source != nil else { return place.finding(.foreignObject, object) }
    return try await repaired(place.finding(.rowMissing, object), object, source, trash, index)
  }

  /// Whether somebody may be about to insert its row.
  private func isPending(_ object: StoredObject) -> Bool {
    // The service's clock is known to the second only.
    guard options.grace > .zero, let modifiedAt = object.modifiedAt,
      let end = modifiedAt.adding(options.grace)
    else { return false }
    return end > project.time ?? .now
  }

  private func withoutRow(_ places: [ObjectAddress]) async throws(StorageError) -> [ObjectAddress] {
    if places.isEmpty { return [] }
    let taken = Set(try await project.rows.files(storagePaths: places.map(\.key)).map(\.place))
    return places.filter { !taken.contains($0) }
  }

  private func ask(about places: [ObjectAddress]) async -> [Stray] {
    await concurrently(places, limit: options.jobs) { place in
      do throws(StorageError) {
        return Stray(place: place, object: .success(try await project.objects.object(place.key, in: place.bucket)))
      } catch {
        return Stray(place: place, object: .failure(error))
      }
    }
  }
}

extension ObjectAddress {
  fileprivate func finding(_ kind: CheckFinding.Kind, _ object: StoredObject) -> CheckFinding {
    var finding = CheckFinding(kind, self, id: object.marker?.id)
    finding.sha256 = object.marker?.sha256
    finding.objectByteCount = object.byteCount
    return finding
  }
}
