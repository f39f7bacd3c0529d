internal import CommandTable
internal import StorageCore

extension CommandContext {
  /// What flags, environment and `.env` say.
  func configuration(_ arguments: Arguments, _ flags: [Setting: [UInt8]] = [:]) throws -> Configuration {
    let configuration = try configurationWithoutWarnings(arguments, flags)
    for warning in configuration.warnings { console.warning(warning) }
    return configuration
  }

  /// The same, where nothing but the result may be said.
  func configurationWithoutWarnings(
    _ arguments: Arguments, _ flags: [Setting: [UInt8]] = [:]
  ) throws -> Configuration {
    var flags = flags
    if let directory = arguments[GlobalOptions.stateDirectory] { flags[.stateDirectory] = directory.bytes }
    return try Configuration(
      flags: flags, environment: .ofThisProcess(), dotEnvFile: arguments[GlobalOptions.environmentFile])
  }

  /// Runs `body` with the project that the settings name, whose key must be the service role's.
  func withProject<Value: Sendable>(
    _ configuration: Configuration, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    let settings = try ProjectSettings(configuration)
    try settings.checkRole()
    return try await OpenProject.withOpen(settings, body)
  }
}
