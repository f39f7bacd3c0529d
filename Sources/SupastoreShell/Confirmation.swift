package import CommandTable
internal import Glibc

/// The question before something is removed.
package enum Confirmation {
  package static let yes = Flag("yes", short: "y", help: "Do not ask. Has to be given where there is no terminal.")

  /// Whether somebody at the terminal agrees. Throws where there is nobody to ask, and `--yes` was not given.
  package static func isGiven(_ question: String, _ arguments: Arguments, on console: Console) throws(UsageError)
    -> Bool
  {
    if arguments[yes] { return true }
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw UsageError("there is no terminal to ask at: \(question)", hint: "add --yes if that is meant, or --dry-run")
    }
    console.ask("\(question) [y/N] ")
    let answer = readLine() ?? ""
    if ["y", "yes"].contains(answer.lowercased()) { return true }
    console.note("nothing was removed")
    return false
  }
}
