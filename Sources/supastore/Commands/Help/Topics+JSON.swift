internal import CommandTable
internal import StorageCore
internal import SupastoreShell

extension Topics {
  static let json = Topic("json", abstract: "What programs can rely on in the JSON of --json") {
    [
      .paragraph(
        """
        With --json a result is one JSON object a line (NDJSON) in UTF-8 on standard output, where nothing else is \
        printed. Its "type" says what a line is. The error that ends a command is one line on standard error, without a \
        type. docs/json.md describes every line of every command.
        """),
      .paragraph(
        """
        This is version \(JSONDocument.contractVersion) of the contract; 'supastore version --json' tells it as \
        json_version. Within a version keys are added, never taken away, and never change their meaning: ignore those \
        that you do not know.
        """),
      .paragraph(
        """
        A key has the name of the database's column where one has the same content: id, storage_path, original_name, \
        mime_type, size_bytes. Every key is always there; what is unknown is null. Sizes are bytes, digests lower-case \
        hex, times ISO 8601. A name that is not UTF-8 stands exactly, as base64, under the key that ends in _base64.
        """),
      .paragraph("The status of a file that was to be stored:"),
      .terms(FileOutcome.Status.allCases.map { Topic.Term($0.rawValue, $0.meaning) }),
      .paragraph("An error:"),
      .verbatim(
        #"{"error":{"code":"usage","message":"FILE is missing","hint":"usage: …","retryable":false}}"#),
      .terms([
        Topic.Term("code", "a word that stays the same in every release, for programs"),
        Topic.Term("message", "one line for people; its wording can change"),
        Topic.Term("hint", "what to do about it, or null"),
        Topic.Term("retryable", "whether the same may succeed later without any change"),
      ]),
      .paragraph("The codes, each with the exit status of a command that it ends:"),
      .terms(
        StorageError.Code.allCases.map { code in
          Topic.Term(code.rawValue, "\(ExitStatus(StorageError(code, "")).rawValue): \(code.meaning)")
        } + [
          Topic.Term("usage", "\(ExitStatus.usage.rawValue): the command line is wrong"),
          Topic.Term("output", "\(ExitStatus.failed.rawValue): the result cannot be printed"),
          Topic.Term("internal", "\(ExitStatus.failed.rawValue): a fault of supastore; please report it"),
        ]),
    ]
  }
}

extension FileOutcome.Status {
  fileprivate var meaning: String {
    switch self {
    case .stored: "its bytes were proved, its row and link are committed, and something of it was missing before"
    case .unchanged: "all of it was there and was seen, its bytes now or earlier; nothing was sent"
    case .queued: "kept locally until the service is back"
    case .skipped: "not a file to store"
    case .changed: "it kept changing while it was read"
    case .failed: "see its error"
    }
  }
}

extension StorageError.Code {
  /// As docs/json.md has it.
  fileprivate var meaning: String {
    switch self {
    case .unreachable: "the service cannot be reached or does not work"
    case .denied: "the key is refused, a policy forbids it, or TLS does not hold"
    case .notFound: "there is no such file or conversation"
    case .objectMissing: "the row is there, its object is not"
    case .conflict: "something else holds the place"
    case .tooLarge: "the file is larger than its bucket allows"
    case .sensitive: "the name is one of files that hold secrets"
    case .integrity: "the content is not what its digest says"
    case .setup: "a table, bucket or function that should be there is not"
    case .configuration: "a variable, a file of settings or an argument is wrong"
    case .rejected: "the service refused for a reason of its own"
    case .unexpectedAnswer: "what answered did not answer what was asked; nothing was done because of it"
    case .changed: "the file kept changing while it was read"
    case .unreadable: "the file or directory cannot be read"
    case .unwritable: "a local file cannot be written"
    case .locked: "another run holds the lock"
    case .damaged: "the local state is damaged"
    case .guarded: "a safeguard refused; its name begins the message"
    case .purging: "its object is being deleted, or was: it has to be stored again first"
    case .deadline: "the time limit was reached before this was done"
    case .interrupted: "a signal ended it"
    }
  }
}
