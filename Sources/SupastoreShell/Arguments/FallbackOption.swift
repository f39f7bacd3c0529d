package import CommandTable
package import StorageCore

/// Whether the local store may take Supabase's place while that is down.
package enum FallbackOption {
  package static let flag = Flag(
    "fallback", negatable: true, default: true,
    help: "While Supabase is down, keep in the local store what 'supastore sync' sends later. Only in the mode prefer.")
}

extension Console {
  /// Says what a list does not hold.
  package func noteWaiting(in project: OpenProject) async {
    do throws(StorageError) {
      let count = try await project.waitingFileCount()
      if count > 0 {
        note(
          "\(count) more \(count == 1 ? "file waits" : "files wait") in the local store: 'supastore sync' sends what is there"
        )
      }
    } catch {
      warning("what waits is not known: \(error.message)", hint: error.hint)
    }
  }

  /// Says that something was kept in the local store, and why.
  package func noteKept(_ what: String, because outage: StorageError) {
    warning(
      "\(what) in the local store, as Supabase is down: \(outage.message)",
      hint: "'supastore sync' sends what waits there, once Supabase is back")
  }
}
