import Dispatch
import Glibc
import Synchronization

/// A private PostgreSQL 15 on a Unix socket, without TCP and without care for power cuts. It ends when this process
/// does, however that comes about.
package final class PostgresCluster: Sendable {
  private static let programs = "/usr/lib/postgresql/15/bin"

  private let directory: String
  private let socketDirectory: String
  private let state = Mutex(State())
  private let running = DispatchGroup()

  private struct State {
    var server: pid_t?
  }

  /// - Parameters:
  ///   - directory: holds or will hold the data; user postgres must be able to reach it when this is root.
  ///   - socketDirectory: at most 90 bytes long, for the address of a Unix socket is.
  package init(directory: String, socketDirectory: String) throws(ProcessError) {
    self.directory = directory
    self.socketDirectory = socketDirectory
    if access("\(directory)/PG_VERSION", F_OK) != 0 { try initialize() }
    try start()
  }

  private var log: String { "\(directory).log" }

  private func initialize() throws(ProcessError) {
    mkdir(directory, 0o700)
    if geteuid() == 0, let postgres = getpwnam("postgres") {
      chown(directory, postgres.pointee.pw_uid, postgres.pointee.pw_gid)
    }
    try ChildProcess.run(
      Self.asPostgres + [
        "\(Self.programs)/initdb", "--pgdata=\(directory)", "--username=postgres", "--auth=trust", "--encoding=UTF8",
        "--locale=C.UTF-8", "--no-sync",
      ], loggingTo: log)
  }

  /// Words before a command that make user postgres run it (PostgreSQL refuses root) and end it with its parent.
  private static var asPostgres: [String] {
    let user = ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    return ["setpriv"] + (geteuid() == 0 ? user : []) + ["--pdeathsig=QUIT", "--"]
  }

  /// Starts the server and waits until it takes connections.
  package func start() throws(ProcessError) {
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(output) }
    if geteuid() == 0, let postgres = getpwnam("postgres") {
      mkdir(socketDirectory, 0o755)
      chown(socketDirectory, postgres.pointee.pw_uid, postgres.pointee.pw_gid)
    }
    let settings = [
      "listen_addresses=", "unix_socket_directories=\(socketDirectory)", "fsync=off", "full_page_writes=off",
      "synchronous_commit=off", "max_connections=400", "wal_level=minimal", "max_wal_senders=0", "jit=off",
    ]
    let command =
      Self.asPostgres + ["\(Self.programs)/postgres", "-D", directory] + settings.flatMap { ["-c", $0] }
    let outcome = Mutex<Result<Void, ProcessError>>(.success(()))
    let started = DispatchSemaphore(value: 0)
    running.enter()
    startThread { [self] in
      // The signal at the parent's death is one at the death of the parent's thread: this one stays.
      do throws(ProcessError) {
        let server = try ChildProcess(command, descriptors: [-1, output, output], isDetached: true)
        state.withLock { $0.server = server.id }
        started.signal()
        server.wait()
        state.withLock { $0.server = nil }
      } catch {
        outcome.withLock { $0 = .failure(error) }
        started.signal()
      }
      running.leave()
    }
    started.wait()
    try outcome.withLock { $0 }.get()
    try waitUntilReady()
  }

  private func waitUntilReady() throws(ProcessError) {
    while (try? PostgresConnection(conninfo(database: "postgres"))) == nil {
      guard state.withLock({ $0.server }) != nil else {
        throw ProcessError(description: "postgres did not start: \(ChildProcess.lastLines(of: log))")
      }
      usleep(5000)
    }
  }

  /// Ends the server and waits for it. It can be started again.
  /// - Parameter keepingData: false is faster, where nobody will start it again.
  package func stop(keepingData: Bool = true) {
    if let server = state.withLock({ $0.server }) { kill(server, keepingData ? SIGINT : SIGQUIT) }
    running.wait()
  }

  /// What libpq needs to connect.
  package func conninfo(database: String, user: String = "postgres") -> String {
    "host=\(socketDirectory) user=\(user) dbname=\(database)"
  }

  /// The same for the superuser, as a URL.
  package func url(database: String) -> String {
    let host = socketDirectory.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2F")
    return "postgresql://postgres@/\(database)?host=\(host)"
  }
}
