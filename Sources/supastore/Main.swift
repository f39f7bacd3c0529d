internal import CommandTable
internal import Glibc

@main
enum Main {
  static func main() async {
    // A reader that goes away is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let arguments = RawArgument.ofThisProcess()
    // Before anything else is set up: scripts ask for the version often.
    if arguments.map(\.text) == ["--version"] { exit(printVersion().rawValue) }
    let status = await Shell(program: Registry.program).run(arguments)
    exit(status.rawValue)
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
