import Glibc
import StandIn

@main
enum Main {
  static func main() {
    var signals = SignalSet(blocking: [SIGTERM, SIGINT, SIGHUP, SIGCHLD])
    do throws(Options.Misuse) {
      let options = try Options(CommandLine.arguments.dropFirst())
      if options.isHelpWanted {
        print(Options.help)
      } else {
        exit(run(options, &signals))
      }
    } catch {
      report(error.message + " (try --help)")
      exit(2)
    }
  }

  private static func run(_ options: Options, _ signals: inout SignalSet) -> Int32 {
    do {
      let host = try ProjectHost(
        directory: options.directory, schemaFile: options.schema, opensTables: options.opensTables)
      defer { host.stop() }
      let standIn = try host.start("project", port: options.port, etags: options.etags, isAlone: true)
      defer { standIn.stop() }
      if options.command.isEmpty {
        for (name, value) in standIn.environment { print("export \(name)='\(value)'") }
        fflush(nil)
        while signals.next().number == SIGCHLD {}
        return 0
      }
      return run(options.command, with: standIn.environment, &signals)
    } catch let error as PostgresError {
      report(error.message)
    } catch {
      report("\(error)")
    }
    return 1
  }

  /// Runs the command to its end and returns its exit status.
  private static func run(
    _ command: [String], with variables: [(name: String, value: String)], _ signals: inout SignalSet
  ) -> Int32 {
    for (name, value) in variables { setenv(name, value, 1) }
    let child: ChildProcess
    do throws(ProcessError) {
      child = try ChildProcess(command)
    } catch {
      report("\(error)")
      return 127
    }
    while true {
      let signal = signals.next()
      if let status = child.exitStatusIfEnded() { return status }
      // What a terminal sends, the command got by itself.
      if signal.number != SIGCHLD, !signal.isFromTerminal { kill(child.id, signal.number) }
    }
  }

  private static func report(_ message: String) {
    let line = "supastore-standin: error: \(message)\n"
    write(STDERR_FILENO, line, line.utf8.count)
  }
}
