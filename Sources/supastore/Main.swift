internal import CommandTable
internal import Glibc
internal import SupastoreShell

@main
enum Main {
  static func main() async {
    // A reader that goes away is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    raiseOpenFileLimit()
    let arguments = RawArgument.ofThisProcess()
    // Before anything else is set up: scripts ask for the version often.
    if arguments.map(\.text) == ["--version"] { exit(printVersion().rawValue) }
    let status = await Shell(program: Registry.program).run(arguments)
    exit(status.rawValue)
  }

  /// Every directory and every data URL that is stored holds a file open, and the usual limit of 1024 is there for
  /// programs that call `select`.
  private static func raiseOpenFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  private static func printVersion() -> ExitStatus {
    do throws(OutputError) {
      try Terminal(descriptor: STDOUT_FILENO).write(Version.line + "\n")
      return .done
    } catch {
      return .failed
    }
  }
}
