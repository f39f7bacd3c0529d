internal import Glibc
public import StorageModel
package import StorageRunning
public import SupabaseClient

/// What a run was told, complete and checked: flag before environment before `.env` before default.
public struct Configuration: Sendable {
  /// One line of `config show`.
  public struct Entry: Hashable, Sendable {
    /// Which setting the line is about.
    public var setting: Setting
    /// Nil when there is no value; of a secret only that it is there.
    public var shownValue: String?
    /// Nil when there is no value.
    public var origin: Origin?
  }

  /// As it was given; nil without a project. `ProjectSettings` checks it.
  public let projectURL: String?
  /// Of the service role, or a secret key; nil without a project.
  public let serviceRoleKey: Secret?
  /// The key that anybody may have, needed for nothing but to look at what it can see.
  public let anonKey: Secret?
  /// What was chosen; without a choice `prefer` where a project is named, else `local`.
  public let mode: StorageMode
  /// Transfers at one time, at most; nil leaves it to each operation.
  public let jobs: Int?
  /// Whether a project may be reached without TLS.
  public let allowsPlainHTTP: Bool
  /// Certificates in PEM that are trusted instead of the system's.
  public let certificateFile: LocalPath?
  /// The URL of a proxy; a secret, as it may hold a password.
  public let proxy: Secret?
  /// The most bytes that the cache keeps; 0 for no cache.
  public let cacheByteLimit: Int64
  /// How many bytes the project may hold; nil when nobody said.
  public let quota: Int64?
  /// Where the drives of Windows lie on this machine.
  public let driveMap: DriveMap
  /// One line each, for people.
  public let warnings: [String]
  let sources: SettingSources

  /// `flags` are the settings given on the command line; `dotEnvFile` is the file that was named there, else `.env` of
  /// the current directory is read when it is there.
  public init(
    flags: [Setting: [UInt8]] = [:], environment: Environment, dotEnvFile: LocalPath? = nil
  ) throws(ConfigurationError) {
    let path = dotEnvFile ?? LocalPath(checked: Array(".env".utf8))
    let (dotEnv, unread) = try Self.dotEnv(at: path, isNamed: dotEnvFile != nil, beside: environment)
    try self.init(SettingSources(flags: flags, environment: environment, dotEnv: dotEnv), dotEnv, unread)
  }

  /// A project at Supabase, and nothing else: no variable and no file is read, but for the home of this process, where
  /// what runs remember is kept.
  /// - Parameters:
  ///   - projectURL: such as `https://abcdefghijklmnopqrst.supabase.co`.
  ///   - serviceRoleKey: of the service role, or a secret key.
  ///   - mode: what happens while Supabase is down.
  ///   - stateDirectory: where what runs remember is kept instead, and the local store.
  public init(
    projectURL: String, serviceRoleKey: String, mode: StorageMode = .prefer, stateDirectory: LocalPath? = nil
  ) throws(ConfigurationError) {
    var flags: [Setting: [UInt8]] = [
      .projectURL: Array(projectURL.utf8), .serviceRoleKey: Array(serviceRoleKey.utf8),
      .mode: Array(mode.rawValue.utf8),
    ]
    flags[.stateDirectory] = stateDirectory?.bytes
    let home = Environment.ofThisProcess().variables.filter {
      ["HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"].contains($0.key)
    }
    try self.init(SettingSources(flags: flags, environment: Environment(home), dotEnv: nil), nil, [])
  }

  private init(_ sources: SettingSources, _ dotEnv: DotEnv?, _ unread: [String]) throws(ConfigurationError) {
    self.sources = sources
    projectURL = try sources.text(.projectURL)
    serviceRoleKey = try sources.text(.serviceRoleKey).map(Secret.init)
    anonKey = try sources.text(.anonKey).map(Secret.init)
    mode = try sources.choice(.mode).flatMap(StorageMode.init) ?? (sources.nameProject ? .prefer : .local)
    jobs = try sources.count(.jobs)
    allowsPlainHTTP = try sources.flag(.allowHTTP)
    certificateFile = try sources.path(.certificateFile)
    proxy = try sources.text(.proxy).map(Secret.init)
    cacheByteLimit = try sources.size(.cacheSize) ?? 0
    quota = try sources.size(.quota)
    driveMap = try sources.driveMap()
    warnings =
      unread + Self.warnings(about: dotEnv)
      + sources.exposed.map { setting, file in
        "\(file) holds \(setting.name) and can be read by other users: run chmod go= \(file)"
      }
  }

  /// The file, and a warning when it cannot be read and nobody named it: it may be another program's, a directory or a
  /// script, and must not stop a run whose environment says all that is needed.
  private static func dotEnv(
    at path: LocalPath, isNamed: Bool, beside environment: Environment
  ) throws(ConfigurationError) -> (file: DotEnv?, warnings: [String]) {
    do throws(ConfigurationError) {
      return (try DotEnv(at: path, isNamed: isNamed), [])
    } catch {
      let isComplete =
        environment[Setting.mode.name].map { $0.elementsEqual("local".utf8) } ?? false
        || environment[Setting.projectURL.name] != nil
          && Setting.serviceRoleKey.variables.contains { environment[$0] != nil }
      guard !isNamed, isComplete else { throw error }
      return (nil, ["\(error); it was not read"])
    }
  }

  private static func warnings(about dotEnv: DotEnv?) -> [String] {
    guard let dotEnv, dotEnv.isReadableByOthers,
      let secret = Setting.allCases.first(where: { $0.isSecret && dotEnv.values[$0.name]?.bytes.isEmpty == false })
    else { return [] }
    return ["\(dotEnv.path) holds \(secret.name) and can be read by other users: run chmod go= \(dotEnv.path)"]
  }

  /// The project and the key that requests carry.
  public func credentials() throws(ConfigurationError) -> (projectURL: String, serviceRoleKey: Secret) {
    switch (projectURL, serviceRoleKey) {
    case (let url?, let key?): return (url, key)
    case (nil, nil): throw .missing(.projectURL, similar: sources.similar(to: .projectURL))
    case (nil, _?):
      throw .incomplete(has: .serviceRoleKey, lacks: .projectURL, similar: sources.similar(to: .projectURL))
    case (_?, nil):
      throw .incomplete(has: .projectURL, lacks: .serviceRoleKey, similar: sources.similar(to: .serviceRoleKey))
    }
  }

  /// The directory that holds journals and locks, made when missing.
  package func stateDirectory() throws(ConfigurationError) -> StateDirectory {
    let path = try statePath()
    do throws(StateError) {
      return try StateDirectory(at: path)
    } catch {
      throw .state(error)
    }
  }

  /// The same place as it was named; nothing is made.
  func statePath() throws(ConfigurationError) -> LocalPath {
    if let named = try sources.path(.stateDirectory) { return named }
    do throws(StateError) {
      return try StateDirectory.standardPath(sources.environment)
    } catch {
      throw .state(error)
    }
  }

  /// Where downloaded files are kept; nil when nobody named a place and there is no home. Nothing is made.
  public func cacheDirectory() throws(ConfigurationError) -> LocalPath? {
    try sources.path(.cacheDirectory)
      ?? sources.environment.ownDirectory(in: "XDG_CACHE_HOME", orInHome: ".cache")
  }

  /// Where a setting's value comes from; nil when it has none.
  public func origin(of setting: Setting) -> Origin? { sources.value(setting)?.origin }

  /// Every setting with its value and where it comes from.
  public var entries: [Entry] {
    Setting.allCases.map { setting in
      let value = sources.value(setting)
      if setting == .mode, value == nil {
        return Entry(setting: setting, shownValue: mode.rawValue, origin: .standard)
      }
      return Entry(setting: setting, shownValue: value.map { Self.shown($0.bytes, setting) }, origin: value?.origin)
    }
  }

  private static func shown(_ value: [UInt8], _ setting: Setting) -> String {
    switch setting.kind {
    case .secret: return "set"
    case .url:
      do throws(InvalidProjectAddress) {
        return try ProjectAddress(String(decoding: value, as: UTF8.self), allowingPlainHTTP: true).url
      } catch {
        // It may hold a password, or be a key in the wrong place.
        return "set, but \(error)"
      }
    case .directory, .directories, .file, .count, .size, .flag, .choice, .driveMap: return shownValue(value)
    }
  }
}
