package import CommandTable
internal import StorageCore

/// What every command accepts.
package enum GlobalOptions {
  package static let json = Flag("json", help: "Print results and errors as JSON.")
  package static let quiet = Flag(
    "quiet", short: "q", help: "No progress and no notes; warnings and errors still appear.")
  package static let verbose = Flag(
    "verbose", short: "v", help: "Say more: which project, how many requests, what was passed over.")
  static let environmentFile = Option<LocalPath?>(
    "env-file", help: "Read settings from FILE instead of .env in the current directory.")
  static let stateDirectory = Option<LocalPath?>(
    "state-dir", value: "DIR", kind: .directory, help: "Keep journals and locks in DIR. Overrides SUPASTORE_STATE_DIR.")

  package static let all: [any Declarable] = [json, quiet, verbose, environmentFile, stateDirectory]
}
