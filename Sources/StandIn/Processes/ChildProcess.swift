import CSupastoreLinux
import Glibc

/// A program could not be started, or did not do what it should.
package struct ProcessError: Error, CustomStringConvertible {
  package let description: String
}

/// A started program. Somebody has to `wait` for it once.
package struct ChildProcess: Sendable {
  package let id: Int32

  /// Starts a program with no signal blocked or ignored.
  ///
  /// - Parameters:
  ///   - arguments: the program, looked up in PATH, and its arguments.
  ///   - environment: nil hands on this process's.
  ///   - descriptors: what becomes its standard input, output and error; a negative one is /dev/null.
  ///   - isDetached: it gets a session of its own, away from the terminal's signals.
  package init(
    _ arguments: [String], environment: [String]? = nil, directory: String? = nil,
    descriptors: [Int32] = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO], isDetached: Bool = false
  ) throws(ProcessError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in descriptors.enumerated() {
      if source < 0 {
        posix_spawn_file_actions_addopen(&actions, Int32(target), "/dev/null", O_RDWR, 0)
      } else {
        posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
      }
    }
    if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let session = isDetached ? Int32(LINUX_POSIX_SPAWN_SETSID) : 0
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | session
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let program = arguments.first ?? ""
    var id: pid_t = 0
    let result = Self.withCStrings(arguments) { arguments in
      guard let environment else {
        return posix_spawnp(&id, program, &actions, &attributes, arguments, environ)
      }
      return Self.withCStrings(environment) { environment in
        posix_spawnp(&id, program, &actions, &attributes, arguments, environment)
      }
    }
    guard result == 0 else {
      throw ProcessError(description: "cannot run \(program): \(String(cString: strerror(result)))")
    }
    self.id = id
  }

  /// Waits for the end and returns the exit status as a shell tells it: 128 + n after signal n.
  @discardableResult
  package func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return Self.exitStatus(status)
  }

  /// Waits for the end without taking the id out of use: `wait` returns at once afterwards.
  package func waitUntilEnded() {
    var info = siginfo_t()
    while waitid(P_PID, id_t(id), &info, Int32(WEXITED | WNOWAIT)) < 0, errno == EINTR {}
  }

  /// `wait`, with the most memory the program had at once, in bytes.
  package func waitMeasuringMemory() -> (exitStatus: Int32, peakMemory: Int) {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
    return (Self.exitStatus(status), usage.ru_maxrss * 1024)
  }

  /// `wait`, but nil while it still runs.
  package func exitStatusIfEnded() -> Int32? {
    var status: Int32 = 0
    return waitpid(id, &status, WNOHANG) == id ? Self.exitStatus(status) : nil
  }

  /// Runs a program to its end, silently. Throws when it fails, with the last lines it wrote.
  package static func run(_ arguments: [String], loggingTo log: String) throws(ProcessError) {
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(output) }
    let status = try ChildProcess(arguments, descriptors: [-1, output, output]).wait()
    guard status == 0 else {
      let name = arguments.first { $0.hasPrefix("/") } ?? arguments.first ?? ""
      throw ProcessError(description: "\(name) failed (\(status)): \(lastLines(of: log))")
    }
  }

  package static func lastLines(of path: String) -> String {
    let bytes = (try? FileContents.read(path)) ?? []
    return String(decoding: bytes.suffix(1000), as: UTF8.self)
  }

  private static func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }
}
