internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

/// How it was seen that the service has the bytes of an object.
enum ByteProof: String, Sendable {
  /// It took them: the upload itself succeeded.
  case sent
  /// The first one came back, of an empty object all of nothing.
  case firstByte = "first_byte"
  /// All came back, and were the right ones.
  case allBytes = "all_bytes"
}

/// The objects of which bytes were seen, each in one version: what was written again since has to be asked for again.
extension Journal {
  /// Whether bytes of an object were seen as it is described now.
  /// - Parameter id: of the file it belongs to.
  func holdsProof(of id: FileID, in object: StoredObject) throws(StateError) -> Bool {
    guard let etag = object.etag, let modifiedAt = object.modifiedAt else { return false }
    return try reporting { () throws(SQLiteError) in
      try proofSelection.bind([.blob(id.bytes)])
      defer { proofSelection.reset() }
      return try proofSelection.step() && proofSelection.value(0).text == etag
        && proofSelection.integer(1) == modifiedAt.milliseconds
    }
  }

  /// Remembers proofs, in one transaction; none of an object whose description does not tell its version.
  func note(_ proofs: [(id: FileID, object: StoredObject, basis: ByteProof)]) throws(StateError) {
    if proofs.isEmpty { return }
    try reporting { () throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        var insertion = try database.prepare(
          "INSERT OR REPLACE INTO proof (id, etag, modified, basis) VALUES (?, ?, ?, ?)")
        for (id, object, basis) in proofs {
          guard let etag = object.etag, let modifiedAt = object.modifiedAt else { continue }
          try insertion.run([
            .blob(id.bytes), .text(etag), .integer(modifiedAt.milliseconds), .text(basis.rawValue),
          ])
        }
      }
    }
  }

  /// Forgets the proofs of objects whose bytes were found missing or wrong: whoever stores the files next asks for them.
  func forgetProofs(of ids: [FileID]) throws(StateError) {
    if ids.isEmpty { return }
    try reporting { () throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        var deletion = try database.prepare("DELETE FROM proof WHERE id = ?")
        for id in ids { try deletion.run([.blob(id.bytes)]) }
      }
    }
  }
}
