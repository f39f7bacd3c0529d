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
    return try await withOpen(settings, configuration, body)
  }

  /// The same with whatever key there is. Those who ask for details hear which project it is, and what it took.
  func withOpen<Value: Sendable>(
    _ settings: ProjectSettings, _ configuration: Configuration, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    if let entry = configuration.entries.first(where: { $0.setting == .projectURL }), let url = entry.shownValue {
      console.detail("project \(url)" + (entry.origin.map { " (\($0))" } ?? ""))
    }
    let start = ContinuousClock.now
    return try await OpenProject.withOpen(settings) { project in
      defer { console.detail("\(project.requestCount) requests in \(start.duration(to: .now).brief)") }
      return try await body(project)
    }
  }
}
