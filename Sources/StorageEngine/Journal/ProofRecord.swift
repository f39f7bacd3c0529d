internal import StorageFiles
internal import StorageModel
internal import StorageRunning

/// The proofs in a project's journal, for what sees or misses bytes of objects without storing files. The journal is opened
/// when there is something to note; where it cannot be, nothing is: who only looks needs no place to write. Blocks, so on
/// a queue of its own.
actor ProofRecord {
  private let executor = BlockingExecutor(label: "supastore.proofs")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let project: OpenProject
  private var journal: Journal?

  init(of project: OpenProject) {
    self.project = project
  }

  /// Remembers of which objects bytes were seen.
  func note(_ proofs: [(id: FileID, object: StoredObject, basis: ByteProof)]) {
    if proofs.isEmpty { return }
    withJournal { journal throws(StateError) in try journal.note(proofs) }
  }

  /// Forgets those whose bytes were found missing or wrong.
  func forget(_ ids: [FileID]) {
    if ids.isEmpty { return }
    withJournal { journal throws(StateError) in try journal.forgetProofs(of: ids) }
  }

  private func withJournal(_ body: (Journal) throws(StateError) -> Void) {
    // Of the local store nothing is remembered: asking it costs nothing.
    guard project.backend == .supabase, let place = try? project.journalPlace() else { return }
    do throws(StateError) {
      let journal = if let open = self.journal { open } else { try Journal(at: place) }
      self.journal = journal
      try body(journal)
    } catch {
      self.journal = nil
    }
  }
}
