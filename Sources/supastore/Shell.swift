internal import CommandTable
internal import Glibc
internal import SupastoreShell

/// From a command line to an exit status.
struct Shell {
  let program: Program
  private let output: Terminal
  private let errorOutput: Terminal

  init(program: Program) {
    self.init(
      program: program, output: Terminal(descriptor: STDOUT_FILENO, environment: Self.variable),
      errorOutput: Terminal(descriptor: STDERR_FILENO, environment: Self.variable))
  }

  init(program: Program, output: Terminal, errorOutput: Terminal) {
    self.program = program
    self.output = output
    self.errorOutput = errorOutput
  }

  func run(_ arguments: [RawArgument]) async -> ExitStatus {
    let request: Program.Request
    do throws(UsageError) {
      request = try program.parse(arguments)
    } catch {
      // The line could not be read, so whether JSON is wanted is told by the word itself.
      let wantsJSON = arguments.prefix { $0.text != "--" }.contains { $0.text == "--json" }
      return report(error, on: console(isJSON: wantsJSON))
    }
    switch request {
    case .run(let declaration, let arguments):
      let console = console(
        isJSON: arguments[GlobalOptions.json], isQuiet: arguments[GlobalOptions.quiet],
        isVerbose: arguments[GlobalOptions.verbose])
      return await run(declaration, arguments, on: console)
    case .help(let subject):
      return printed(on: console()) { console throws(OutputError) in
        try console.result(text: program.help(on: subject, width: console.textWidth, styled: console.isStyled))
      }
    case .version:
      return printed(on: console()) { console throws(OutputError) in try console.result(Version.line) }
    case .nothing:
      // Help that nobody asked for is no result: a script that forgot the command must not take it for one.
      console().printAside(program.help(on: .program, width: min(errorOutput.width, 100), styled: errorOutput.isStyled))
      return .usage
    }
  }

  private func run(_ declaration: Declaration, _ arguments: Arguments, on console: Console) async -> ExitStatus {
    guard let command = Registry.command(declaring: declaration.name) else {
      preconditionFailure("\(declaration.name) is declared by no command")
    }
    do {
      let status = try await command.run(arguments, in: CommandContext(program: program, console: console))
      console.endProgress()
      return status
    } catch {
      return report(error, on: console)
    }
  }

  private func printed(on console: Console, _ body: (Console) throws(OutputError) -> Void) -> ExitStatus {
    do throws(OutputError) {
      try body(console)
      return .done
    } catch {
      return report(error, on: console)
    }
  }

  private func report(_ error: any Error, on console: Console) -> ExitStatus {
    console.endProgress()
    let report = ErrorReport(error)
    if error as? OutputError != .readerIsGone { console.error(report) }
    return report.status
  }

  private func console(isJSON: Bool = false, isQuiet: Bool = false, isVerbose: Bool = false) -> Console {
    let start = ContinuousClock.now
    return Console(
      output: output, errorOutput: errorOutput, isJSON: isJSON, isQuiet: isQuiet, isVerbose: isVerbose,
      now: { start.duration(to: .now) })
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
