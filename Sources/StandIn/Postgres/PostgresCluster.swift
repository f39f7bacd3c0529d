import Dispatch
import Glibc
import Synchronization

/// A private PostgreSQL 15 on a Unix socket, without TCP and without care for power cuts. It ends when this process
/// does, however that comes about.
package final class PostgresCluster: Sendable {
  private static let programs = "/usr/lib/postgresql/15/bin"

  private let directory: String
  private let socketDirectory: String
  /// Words before a command that make it run as PostgreSQL has to.
  private let launcher: [String]
  /// The server while it runs.
  private let server = Mutex<ChildProcess?>(nil)
  private let running = DispatchGroup()

  /// - Parameters:
  ///   - directory: holds or will hold the data. The one above it has to be there.
  ///   - socketDirectory: at most 90 bytes long, for the address of a Unix socket is.
  package init(directory: String, socketDirectory: String) throws(ProcessError) {
    self.directory = directory
    self.socketDirectory = socketDirectory
    mkdir(directory, 0o700)
    mkdir(socketDirectory, 0o755)
    launcher = try Self.launcher(of: directory, socketDirectory)
    if access("\(directory)/PG_VERSION", F_OK) != 0 { try initialize() }
    try start()
  }

  private var log: String { "\(directory).log" }

  private func initialize() throws(ProcessError) {
    try ChildProcess.run(
      launcher + [
        "\(Self.programs)/initdb", "--pgdata=\(directory)", "--username=postgres", "--auth=trust", "--encoding=UTF8",
        "--locale=C.UTF-8", "--no-sync",
      ], loggingTo: log)
  }

  /// A command started with these words ends with its parent. PostgreSQL refuses root, so root hands over to user
  /// postgres, whom it lets pass where only root may.
  private static func launcher(of directories: String...) throws(ProcessError) -> [String] {
    guard geteuid() == 0 else { return ["setpriv", "--pdeathsig=QUIT", "--"] }
    guard let postgres = getpwnam("postgres") else { throw ProcessError(description: "there is no user postgres") }
    for directory in directories { chown(directory, postgres.pointee.pw_uid, postgres.pointee.pw_gid) }
    let user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    var isPassable = true
    for directory in directories where try ChildProcess(user + ["test", "-x", directory]).wait() != 0 {
      isPassable = false
    }
    let passing = isPassable ? [] : ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return user + passing + ["--pdeathsig=QUIT", "--"]
  }

  /// Starts the server and waits until it takes connections.
  package func start() throws(ProcessError) {
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(output) }
    let settings = [
      "listen_addresses=", "unix_socket_directories=\(socketDirectory)", "fsync=off", "full_page_writes=off",
      "synchronous_commit=off", "max_connections=400", "wal_level=minimal", "max_wal_senders=0", "jit=off",
    ]
    let command =
      launcher + ["\(Self.programs)/postgres", "-D", directory] + settings.flatMap { ["-c", $0] }
    let outcome = Mutex<Result<Void, ProcessError>>(.success(()))
    let started = DispatchSemaphore(value: 0)
    running.enter()
    startThread { [self] in
      // The signal at the parent's death is one at the death of the parent's thread: this one stays.
      do throws(ProcessError) {
        let child = try ChildProcess(command, descriptors: [-1, output, output], isDetached: true)
        server.withLock { $0 = child }
        started.signal()
        child.waitUntilEnded()
        server.withLock { server in
          server = nil
          child.wait()  // from here on the id may be another process's
        }
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
      guard server.withLock({ $0 }) != nil else {
        throw ProcessError(description: "postgres did not start: \(ChildProcess.lastLines(of: log))")
      }
      usleep(5000)
    }
  }

  /// Ends the server and waits for it. It can be started again.
  /// - Parameter keepingData: false is faster, where nobody will start it again.
  package func stop(keepingData: Bool = true) {
    server.withLock { server in
      if let server { kill(server.id, keepingData ? SIGINT : SIGQUIT) }
    }
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
