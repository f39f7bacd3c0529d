import StandIn

/// The words on the command line.
struct Options {
  var port: UInt16 = 0
  var directory: String?
  var schema: String?
  var etags = ETags.md5
  /// Whether new tables are open to all keys.
  var opensTables = false
  var isHelpWanted = false
  /// What to run beside the stand-in; empty: serve until a signal.
  var command: [String] = []

  struct Misuse: Error {
    let message: String
  }

  static let help = """
    Usage: supastore-standin [OPTION…] [-- COMMAND [ARGUMENT…]]

    A Supabase project on this machine, for trying and testing: Storage and rows over a PostgreSQL of its own.
    Prints what a client needs as `export NAME='value'` lines, then serves until SIGTERM. With a COMMAND it runs
    that with these variables set instead, ends with it, and passes its exit status on.

      --port N          listen on this port of 127.0.0.1 (default: a free one)
      --directory DIR   keep the data in DIR, or go on with what is there (default: nothing is kept)
      --schema FILE     run this SQL on the new database in place of the Phase-1 tables
      --default-privileges
                        open new tables to every key, as projects of before 2026 do
      --etag KIND       ETags as on the file back end (md5, the default) or as on S3 (multipart)
      --help            show this

    Variables: SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY, SUPABASE_ANON_KEY, STANDIN_DATABASE_URL,
    STANDIN_JWT_SECRET, STANDIN_SECRET_KEY, STANDIN_PUBLISHABLE_KEY.
    Exit status: 0, or the COMMAND's; 1 when it could not start; 2 on misuse.
    """

  init(_ arguments: some Sequence<String>) throws(Misuse) {
    var words = Array(arguments)[...]
    while let word = words.popFirst() {
      if word == "--" {
        command = Array(words)
        guard !command.isEmpty else { throw Misuse(message: "no command after --") }
        return
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      func value() throws(Misuse) -> String {
        if parts.count == 2 { return parts[1] }
        guard let next = words.popFirst() else { throw Misuse(message: "\(word) needs a value") }
        return next
      }
      switch parts[0] {
      case "--help", "-h": isHelpWanted = true
      case "--default-privileges": opensTables = true
      case "--port":
        let text = try value()
        guard let number = UInt16(text) else { throw Misuse(message: "'\(text)' is no port") }
        port = number
      case "--directory": directory = try value()
      case "--schema": schema = try value()
      case "--etag":
        let text = try value()
        guard let kind = ETags(rawValue: text) else { throw Misuse(message: "'\(text)' is no kind of ETag") }
        etags = kind
      default: throw Misuse(message: "unknown argument '\(word)'")
      }
    }
  }
}
