internal import CurlHTTP
internal import Glibc
package import StorageEngine
internal import StorageFiles
public import StorageModel
internal import StorageRunning
internal import SupabaseClient

/// Which project, with which key, reached how: everything checked that can be checked without asking the project.
public struct ProjectSettings: Sendable {
  let project: SupabaseProject
  var transport: HTTPConfiguration
  private let configuration: Configuration

  var mode: StorageMode { configuration.mode }

  /// Throws `.configuration` when something is missing or malformed.
  public init(_ configuration: Configuration) throws(StorageError) {
    let credentials: (projectURL: String, serviceRoleKey: Secret)
    do throws(ConfigurationError) {
      credentials = try configuration.credentials()
    } catch {
      throw StorageError(error)
    }
    let address = try Self.address(credentials.projectURL, configuration)
    try Self.check(proxy: configuration.proxy, certificates: configuration.certificateFile)
    project = SupabaseProject(address, key: try Self.key(credentials.serviceRoleKey))
    var transport = HTTPConfiguration()
    transport.allowsPlainHTTP = configuration.allowsPlainHTTP
    transport.certificateAuthorities = configuration.certificateFile?.string
    transport.proxy = configuration.proxy?.revealed
    transport.connectionLimit = max(transport.connectionLimit, configuration.jobs ?? 0)
    self.transport = transport
    self.configuration = configuration
  }

  /// Where this project's journal and locks lie. The directory is made when it is asked for: what only looks at the
  /// project needs none. Throws `.configuration` when there is no place for it.
  package func journalPlace() throws(StorageError) -> JournalPlace {
    do throws(ConfigurationError) {
      return JournalPlace(in: try configuration.stateDirectory(), projectURL: project.address.url)
    } catch {
      throw StorageError(error)
    }
  }

  /// Where it is noted whether the project is down; nil when there is no place for it. Nothing is made.
  func outage(isObeyed: Bool = true) -> Outage? {
    guard let state = try? configuration.statePath() else { return nil }
    return try? JournalPlace.outage(of: project.address.url, in: state, isObeyed: isObeyed)
  }

  /// Whether the key is a JSON Web Token: Supabase ends this older kind with the year 2026.
  public var hasLegacyKey: Bool { if case .legacy = project.key.kind { true } else { false } }

  /// Throws `.denied` when the key shows that it is not the service role's: with another one the project looks empty, and
  /// what is there looks lost.
  public func checkRole() throws(StorageError) {
    try project.checkRole()
  }

  fileprivate static func address(
    _ text: String, _ configuration: Configuration
  ) throws(StorageError) -> ProjectAddress {
    do throws(InvalidProjectAddress) {
      return try ProjectAddress(text, allowingPlainHTTP: configuration.allowsPlainHTTP)
    } catch {
      throw StorageError(
        .configuration, "SUPABASE_URL: \(error)",
        hint: "it looks like https://abcdefghijklmnopqrst.supabase.co: dashboard, Settings, API")
    }
  }

  /// What libcurl would take notice of only when it needs it, or never.
  private static func check(proxy: Secret?, certificates: LocalPath?) throws(StorageError) {
    if let certificates, certificates.withCString({ access($0, R_OK) }) != 0 {
      throw StorageError(
        .configuration, "SUPASTORE_CA_FILE: cannot read \(certificates): \(systemMessage(errno))",
        hint: "name a file of certificates in PEM")
    }
    let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
    if let proxy = proxy?.revealed,
      !schemes.contains(where: { proxy.lowercased().hasPrefix("\($0)://") && proxy.utf8.count > $0.utf8.count + 3 })
        || proxy.contains(where: \.isWhitespace)
    {
      throw StorageError(
        .configuration, "SUPASTORE_PROXY is not the URL of a proxy", hint: "it looks like http://proxy.example:3128")
    }
  }

  private static func key(_ secret: Secret) throws(StorageError) -> APIKey {
    do throws(InvalidAPIKey) {
      return try APIKey(secret.revealed)
    } catch {
      throw StorageError(
        .configuration, "SUPABASE_SERVICE_ROLE_KEY: \(error)",
        hint: "copy the whole sb_secret_ or service_role key from the dashboard: Settings, API Keys")
    }
  }
}

extension Configuration {
  /// The project's URL in its one normal form.
  public func projectAddress() throws(StorageError) -> String {
    guard let projectURL else { throw StorageError(ConfigurationError.missing(.projectURL, similar: nil)) }
    return try ProjectSettings.address(projectURL, self).url
  }
}

extension SupabaseProject {
  func checkRole() throws(StorageError) {
    guard key.role == "service_role" else {
      throw StorageError(
        .denied, "SUPABASE_SERVICE_ROLE_KEY holds a key with the role \(key.role), not service_role",
        hint: "take the sb_secret_ or service_role key from the dashboard: Settings, API Keys")
    }
  }
}

extension StorageError {
  /// Settings that cannot be used, as an error with the code `configuration`.
  public init(_ error: ConfigurationError) {
    self.init(.configuration, error.description, hint: error.hint)
  }
}
