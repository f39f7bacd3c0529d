internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces

extension StoreCheck {
  // MARK: Missing objects

  /// The finding of a row without its object, or of one whose object has lost its bytes, once the object was stored anew
  /// from a content with the row's digest.
  func repaired(
    _ finding: CheckFinding, _ row: FileRow, _ index: CheckIndex
  ) async throws(StorageError) -> CheckFinding {
    guard options.repairs else { return finding }
    var finding = finding
    do throws(StorageError) {
      guard Bucket(rawValue: row.bucket) != nil else {
        throw StorageError(.rejected, "\(row.bucket) is no bucket of ours")
      }
      guard let sha256 = row.metadata.digest else {
        throw StorageError(.rejected, "the row tells no digest by which a content could be known")
      }
      let content = try await content(sha256, index)
      try await add(content, of: row, overLostBytes: finding.kind == .bytesMissing)
      guard try await project.rows.files(ids: [row.id]).first?.place == row.place else {
        throw StorageError(.changed, "its row went away meanwhile")
      }
      finding.objectByteCount = content.digests.byteCount
      finding.isRepaired = true
    } catch {
      if error.endsTheRun { throw error }
      finding.error = error
    }
    return finding
  }

  /// A content with that digest, from a source or the local store.
  private func content(
    _ sha256: SHA256Digest, _ index: CheckIndex
  ) async throws(StorageError) -> RepairContents.Found {
    let paths = try await index.sources(of: sha256.hex) + [try project.keptContent(sha256)]
    guard let content = try await RepairContents().content(sha256, in: paths) else {
      throw StorageError(
        .notFound, "neither a source nor the local store has a content with its digest",
        hint: "name the directory that it came from")
    }
    return content
  }

  /// Sends a content to the place of a row, unless something with bytes lies there, and proves what lies there then.
  private func add(
    _ content: RepairContents.Found, of row: FileRow, overLostBytes: Bool
  ) async throws(StorageError) {
    var upload = ObjectUpload(
      bucket: row.bucket, key: row.storagePath, mediaType: row.mediaType ?? MediaType.unknown.description,
      content: .file(content.file), metadata: ObjectMarker.metadata(of: row))
    upload.overwrites = overLostBytes
    let placement: Placement
    do throws(StorageError) {
      placement = try await project.objects.put(upload)
    } catch {
      throw upload.explained(error)
    }
    guard let object = try await project.objects.object(row.storagePath, in: row.bucket) else {
      throw StorageError(.rejected, "it was sent and is not there", hint: "run the same command again")
    }
    switch ObjectProof(of: object, against: content.digests) {
    case .holds:
      // It was sent after all, or by somebody else, and its bytes may have been lost.
      guard placement == .alreadyThere else { return }
      switch try await project.objects.sight(object, in: row.bucket) {
      case .there: return
      case .lost: try await add(content, of: row, overLostBytes: true)
      case .gone, .replaced:
        throw StorageError(.changed, "its object was written or removed meanwhile", hint: "run the same command again")
      }
    case .differs: throw .otherContent(on: row.storagePath)
    case .unsettled:
      guard case .whole(content.digests.sha256, _) = try await self.content(of: row.place, byteCount: object.byteCount)
      else { throw .otherContent(on: row.storagePath) }
    }
  }

  // MARK: Missing rows

  /// The finding of an object without its row, once the row was added. What it holds is proved first, and nothing that is
  /// in the trash, or was, is brought back.
  /// - Parameter source: the row that a source gives to its place.
  func repaired(
    _ finding: CheckFinding, _ object: StoredObject, _ source: FileRow?, _ trash: TrashLookup, _ index: CheckIndex
  ) async throws(StorageError) -> CheckFinding {
    guard options.repairs, let bucket = finding.bucket else { return finding }
    let place = ObjectAddress(bucket: bucket, key: object.key)
    var finding = finding
    do throws(StorageError) {
      let row = try await row(for: object, place, source)
      try await prove(place, object, of: row, index)
      if let state = try await trash.states(of: [place])[place] {
        throw StorageError(
          .conflict, "it is \(state.rawValue)",
          hint: state == .trashed ? "bring it back with `supastore trash restore`" : "store the file again")
      }
      try await add(row)
      finding.id = row.id
      finding.sha256 = row.metadata.sha256
      finding.byteCount = row.byteCount
      finding.isRepaired = true
    } catch {
      if error.endsTheRun { throw error }
      finding.error = error
    }
    return finding
  }

  /// Throws unless an object holds what its row is to say; one that lost its bytes is stored anew where they are at hand.
  private func prove(
    _ place: ObjectAddress, _ object: StoredObject, of row: FileRow, _ index: CheckIndex
  ) async throws(StorageError) {
    switch try await content(of: place, byteCount: object.byteCount) {
    case .whole(let sha256, let byteCount) where sha256 == row.metadata.digest && row.byteCount == byteCount: return
    case .whole, .longer: throw StorageError(.integrity, "the object's bytes are not those that its digest tells")
    case .lost:
      // Whoever stores it next asks for its bytes.
      await proofs.forget([row.id])
      guard let sha256 = row.metadata.digest else {
        throw StorageError(.objectMissing, "the service has lost its bytes, and nothing tells its digest")
      }
      try await add(try await content(sha256, index), of: row, overLostBytes: true)
    }
  }

  private func row(
    for object: StoredObject, _ place: ObjectAddress, _ source: FileRow?
  ) async throws(StorageError) -> FileRow {
    if let source { return source }
    let row = try await project.place.notedRow(at: place) ?? FileRow(restoredFrom: object, in: place.bucket)
    guard let row else {
      throw StorageError(
        .rejected, "the object does not tell enough to make its row again",
        hint: "store the file again from where it came from")
    }
    return row
  }

  /// Inserts a row, and links it to its conversation where that is known and there.
  private func add(_ row: FileRow) async throws(StorageError) {
    var refusal: StorageError?
    do throws(StorageError) {
      _ = try await project.rows.insert([row])
    } catch {
      // Its id is taken: perhaps somebody inserted this very row at this moment.
      guard error.code == .conflict else { throw error }
      refusal = error
    }
    let holders = try await project.rows.files(storagePaths: [row.storagePath])
    guard let holder = holders.first else {
      throw refusal
        ?? StorageError(.rejected, "its row was inserted and is not there", hint: "run the same command again")
    }
    guard holder.id == row.id else { throw .pathTaken(row.storagePath, by: holder.id) }
    guard try await project.objects.object(row.storagePath, in: row.bucket) != nil else {
      throw StorageError(.objectMissing, "its object went away meanwhile")
    }
    if let continuationID = row.metadata.continuationID,
      let conversation = try await project.rows.conversation(continuationID: continuationID),
      conversation.continuationID == continuationID
    {
      _ = try await project.rows.link([row.id], to: conversation)
    }
  }
}

/// Finds a file with a known content. Reads, so on a queue of its own.
private actor RepairContents {
  struct Found: Sendable {
    var file: SourceFile
    var digests: ContentDigests
  }

  private let executor = BlockingExecutor(label: "supastore.repair")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// The first file that holds it, open. Files that cannot be read are passed over.
  func content(_ sha256: SHA256Digest, in paths: [LocalPath]) throws(StorageError) -> Found? {
    var hasher = try reportingDigest { () throws(DigestError) in try FileHasher() }
    for path in paths {
      guard let file = try? SourceFile(at: path), let digests = try? hasher.digests(of: file),
        digests.sha256 == sha256
      else { continue }
      return Found(file: file, digests: digests)
    }
    return nil
  }
}
