package import StorageModel
package import StorageRunning

extension StateDirectory {
  /// Where the state lies when nobody named a place: `$XDG_STATE_HOME/supastore`, else `~/.local/state/supastore`.
  package static func standardPath(_ environment: Environment) throws(StateError) -> LocalPath {
    guard let path = environment.ownDirectory(in: "XDG_STATE_HOME", orInHome: ".local/state") else { throw .noHome }
    return path
  }
}
