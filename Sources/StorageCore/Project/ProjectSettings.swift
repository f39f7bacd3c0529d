internal import CurlHTTP
internal import SupabaseClient

/// Which project, with which key, reached how: everything checked that can be checked without asking the project.
public struct ProjectSettings: Sendable {
  let project: SupabaseProject
  var transport: HTTPConfiguration
  public let journalPlace: JournalPlace

  /// Throws `.configuration` when something is missing or malformed.
  public init(_ configuration: Configuration) throws(StorageError) {
    let credentials: (projectURL: String, serviceRoleKey: Secret)
    let state: StateDirectory
    do throws(ConfigurationError) {
      credentials = try configuration.credentials()
      state = try configuration.stateDirectory()
    } catch {
      throw StorageError(error)
    }
    let address = try Self.address(credentials.projectURL, configuration)
    project = SupabaseProject(address, key: try Self.key(credentials.serviceRoleKey))
    var transport = HTTPConfiguration()
    transport.allowsPlainHTTP = configuration.allowsPlainHTTP
    transport.certificateAuthorities = configuration.certificateFile?.string
    transport.proxy = configuration.proxy?.revealed
    transport.connectionLimit = max(transport.connectionLimit, configuration.jobs ?? 0)
    self.transport = transport
    journalPlace = JournalPlace(in: state, projectURL: address.url)
  }

  private static func address(
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

  private static func key(_ secret: Secret) throws(StorageError) -> APIKey {
    do throws(InvalidAPIKey) {
      return try APIKey(secret.revealed)
    } catch {
      throw StorageError(
        .configuration, "SUPABASE_SERVICE_ROLE_KEY: \(error)",
        hint: "copy the whole service_role or sb_secret_ key from the dashboard: Settings, API")
    }
  }
}

extension StorageError {
  public init(_ error: ConfigurationError) {
    self.init(.configuration, error.description, hint: error.hint)
  }
}
