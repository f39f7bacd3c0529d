package import CommandTable
package import StorageCore

extension CommandContext {
  /// What flags, environment and `.env` say.
  package func configuration(_ arguments: Arguments, _ flags: [Setting: [UInt8]] = [:]) throws -> Configuration {
    let configuration = try configurationWithoutWarnings(arguments, flags)
    for warning in configuration.warnings { console.warning(warning) }
    return configuration
  }

  /// The same, where nothing but the result may be said.
  package func configurationWithoutWarnings(
    _ arguments: Arguments, _ flags: [Setting: [UInt8]] = [:]
  ) throws -> Configuration {
    var flags = flags
    if let directory = arguments[GlobalOptions.stateDirectory] { flags[.stateDirectory] = directory.bytes }
    return try Configuration(
      flags: flags, environment: .ofThisProcess(), dotEnvFile: arguments[GlobalOptions.environmentFile])
  }

  /// Runs `body` with the project that the settings name, or with the local store.
  /// - Parameters:
  ///   - writing: whether it stores something; where that lies is said, unless it is Supabase.
  ///   - fallingBack: whether the local store may take Supabase's place while that is down.
  package func withProject<Value: Sendable>(
    _ configuration: Configuration, writing: Bool = false, fallingBack: Bool = true,
    _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    try await OpenProject.withOpen(for: configuration, fallingBack: fallingBack) { project in
      if writing, project.backend == .local {
        let reason = configuration.origin(of: .mode) == nil ? "SUPABASE_URL is not set" : "SUPASTORE_MODE is local"
        console.note("what is stored goes into the local store: \(reason)")
      }
      return try await told(of: project, configuration, body)
    }
  }

  /// Runs `body` with the project at Supabase, with whatever key there is.
  package func withOpen<Value: Sendable>(
    _ settings: ProjectSettings, _ configuration: Configuration, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    try await OpenProject.withOpen(settings) { project in try await told(of: project, configuration, body) }
  }

  /// Those who ask for details hear which project it is, and what it took.
  private func told<Value: Sendable>(
    of project: OpenProject, _ configuration: Configuration, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    if let url = project.url {
      console.detail("project \(url)" + (configuration.origin(of: .projectURL).map { " (\($0))" } ?? ""))
    } else {
      console.detail("the local store in \(try project.journalPlace().directory)")
    }
    let start = ContinuousClock.now
    defer { console.detail("\(project.requestCount) requests in \(start.duration(to: .now).brief)") }
    return try await body(project)
  }
}

extension JSONDocument {
  package static func origin(_ mode: StorageMode, _ backend: Backend) -> JSONDocument {
    ["mode": .string(mode.rawValue), "backend": .string(backend.rawValue)]
  }
}

extension OpenProject {
  /// The members of a reply that say where it comes from.
  package var origin: JSONDocument { origin(after: nil) }

  /// The same, where something was kept in the local store because of an outage.
  package func origin(after outage: StorageError?) -> JSONDocument { .origin(mode, outage == nil ? backend : .local) }
}
