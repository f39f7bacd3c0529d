/// How the client reaches servers.
public struct HTTPConfiguration: Sendable {
  /// At most so many connections, to all hosts together, and so many transfers in flight; further ones wait their turn.
  public var connectionLimit = 16
  public var connectTimeLimit = Duration.seconds(10)
  /// A transfer slower than 1 KiB/s for so long is given up. Whole seconds; a fraction is rounded up.
  public var stallTimeLimit = Duration.seconds(60)
  /// `http:` beyond loopback addresses.
  public var allowsPlainHTTP = false
  /// A file of PEM certificates instead of the system's.
  public var certificateAuthorities: String?
  /// Proxy URL; empty for none, nil lets libcurl read `https_proxy` and its kin. Loopback hosts are always reached directly.
  public var proxy: String?
  public var userAgent = "supastore"

  public init() {}
}
