/// The proofs in a project's journal, for what sees or misses bytes of objects without storing files. The journal is opened
/// when there is something to note. Blocks, so on a queue of its own.
actor ProofRecord {
  private let executor = BlockingExecutor(label: "supastore.proofs")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let project: OpenProject
  private var journal: Journal?

  init(of project: OpenProject) {
    self.project = project
  }

  /// Remembers of which objects bytes were seen.
  func note(_ proofs: [(id: FileID, object: StoredObject, basis: ByteProof)]) throws(StorageError) {
    if proofs.isEmpty { return }
    try withJournal { journal throws(StateError) in try journal.note(proofs) }
  }

  /// Forgets those whose bytes were found missing or wrong.
  func forget(_ ids: [FileID]) throws(StorageError) {
    if ids.isEmpty { return }
    try withJournal { journal throws(StateError) in try journal.forgetProofs(of: ids) }
  }

  private func withJournal(_ body: (Journal) throws(StateError) -> Void) throws(StorageError) {
    // Of the local store nothing is remembered: asking it costs nothing.
    guard project.backend == .supabase else { return }
    let place = try project.journalPlace()
    do throws(StateError) {
      let journal = if let open = self.journal { open } else { try Journal(at: place) }
      self.journal = journal
      try body(journal)
    } catch {
      throw StorageError(error)
    }
  }
}
