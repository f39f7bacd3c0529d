package import StorageCore

extension Console {
  /// Has `supastore status` tell how a run ended. Whether that works makes no difference to the run.
  package func remember(_ run: PastRun, of project: OpenProject) {
    do throws(StorageError) {
      try project.note(run)
    } catch {
      detail("the run is not noted for 'supastore status': \(error.message)")
    }
  }
}
