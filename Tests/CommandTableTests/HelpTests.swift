import CommandTable
import Testing

@Suite struct HelpTests {
  @Test func `the help of a command shows all of its table`() {
    #expect(
      Sample.program.help(on: .command(Sample.migrate), width: 72) == """
        Move directories

        Usage: sample migrate [OPTIONS] [DIR...]
        Also called: mv

        The first paragraph.

        The second one.

        Arguments:
          [DIR...]  What to move.

        Options:
          -j, --jobs N            Transfers at once. Default: 4.
              --offset N          Any whole number.
              --include PATTERN   Only matching files. Can be repeated.
          -t, --type TYPE         The type. One of: user_upload, generated,
                                  cache. Default: user_upload.
              --part-size SIZE    Part. Default: 6MiB.
              --expires DURATION  Remove afterwards.
          -o, --output FILE       Where to.
          -n, --dry-run           Only say what would be done.
              --[no-]progress     Show progress. Default: on.

        Global options:
              --json           Print JSON.
          -q, --quiet          Print less.
          -v, --verbose        Print more.
              --env-file FILE  Read the environment from FILE.
          -h, --help           Show this help.
              --version        Show the version.

        Examples:
          sample migrate ./docs
              Move one directory

        Exit codes: see 'sample help exit-codes'.

        """)
  }

  @Test func `the overview lists commands, options and topics`() {
    #expect(
      Sample.program.help(on: .program, width: 80) == """
        Move things

        Usage: sample COMMAND [OPTIONS] [ARGUMENTS]

        Commands:
          migrate, mv  Move directories
          copy         Copy
          config show  Show
          config path  Where

        Global options:
              --json           Print JSON.
          -q, --quiet          Print less.
          -v, --verbose        Print more.
              --env-file FILE  Read the environment from FILE.
          -h, --help           Show this help.
              --version        Show the version.

        Help topics:
          exit-codes  What the exit status means

        'sample help COMMAND' and 'sample help TOPIC' tell more.

        """)
  }

  @Test func `a topic shows paragraphs and terms`() throws {
    #expect(
      Sample.program.help(on: try Sample.program.subject(named: ["exit-codes"])) == """
        What the exit status means

        Scripts can rely on them.

          0  done
          2  usage

          as  it is

        """)
  }

  @Test func `a group lists its commands`() throws {
    let help = Sample.program.help(on: try Sample.program.subject(named: ["config"]))
    #expect(help.contains("Usage: sample config COMMAND"))
    #expect(help.contains("  config show  Show\n  config path  Where\n"))
    #expect(!help.contains("migrate"))
  }

  @Test(arguments: [40, 60, 80, 120])
  func `no line of text is wider than asked for`(_ width: Int) {
    for subject in [Program.Subject.program, .command(Sample.migrate), .command(Sample.copy)] {
      for line in Sample.program.help(on: subject, width: width).split(separator: "\n") {
        // A column keeps 20 characters for its words even where that is more than there are.
        #expect(line.count <= max(width, 60), "\(line)")
      }
    }
  }

  @Test func `headings are bold only when asked for`() {
    #expect(!Sample.program.help(on: .program).contains("\u{1B}"))
    #expect(Sample.program.help(on: .program, styled: true).contains("\u{1B}[1mCommands:\u{1B}[0m"))
  }

  @Test func `a term too long for its column stands on a line of its own`() {
    let option = Option<[String]>("a-name-that-is-very-long", value: "PLACEHOLDER", help: "Means much.")
    let command = Declaration("x", abstract: "X", option, Flag("short", help: "Means little."))
    let program = Program("p", abstract: "p", footer: "f", globalOptions: [], commands: [command])
    let help = program.help(on: .command(command))
    #expect(
      help.contains(
        "      --a-name-that-is-very-long PLACEHOLDER\n               Means much. Can be repeated.\n"
          + "      --short  Means little.\n"))
  }

  @Test func `the reference names every command, option and topic but what is hidden`() {
    let reference = Sample.program.markdownReference
    for part in [
      "# Commands of sample\n", "| [`config show`](#sample-config-show) | Show |", "## sample migrate\n",
      "```\nsample migrate [OPTIONS] [DIR...]\n```", "Also called `mv`.",
      "| `-j, --jobs N` | Transfers at once. Default: 4. |",
      "| `FILE...` | Which files. |", "## Topic: exit-codes", "| `2` | usage |",
      "Move one directory:\n\n```\nsample migrate ./docs",
      "## Global options", "```\nas  it is\n```",
    ] {
      #expect(reference.contains(part), "\(part)")
    }
    #expect(!reference.contains("for-documentation"))
  }
}
