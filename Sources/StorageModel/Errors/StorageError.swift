/// What went wrong, for people and for programs. No key, token or signed URL ever stands in one.
public struct StorageError: Error, Sendable, Equatable {
  /// Stable words: part of the JSON contract. The executable turns each into an exit code.
  public enum Code: String, Sendable, CaseIterable {
    /// The service cannot be reached or does not work: name, connection, 5xx after retries, paused project.
    case unreachable
    /// The key is refused, a policy forbids it, or TLS does not hold.
    case denied
    /// What was named is not stored.
    case notFound = "not_found"
    /// The row is there, its object is not.
    case objectMissing = "object_missing"
    /// Something else holds the place: another row on the path, other content under the key.
    case conflict
    /// The file is larger than its bucket allows.
    case tooLarge = "too_large"
    /// The name is one of files that hold secrets, and nobody said that it may be stored.
    case sensitive
    /// The content is not what its digest says.
    case integrity
    /// A table, bucket or function that should have been made before is missing.
    case setup
    /// A variable, file of settings or argument is wrong.
    case configuration
    /// The service refused the request for a reason of its own.
    case rejected
    /// What answered did not answer what was asked: nothing was done because of it.
    case unexpectedAnswer = "unexpected_answer"
    /// The file changed while it was read, again and again.
    case changed
    /// The file or directory cannot be read.
    case unreadable
    /// A local file cannot be written.
    case unwritable
    /// Another run holds the lock.
    case locked
    /// The local state is damaged.
    case damaged
    /// The run was stopped before this was done.
    case interrupted
    /// A safeguard refused: its name begins the message.
    case guarded = "guard"
    /// The object on the file's path is being deleted, or was: it has to be stored again first.
    case purging
    /// The time that was set for the run was over before this was done.
    case deadline
  }

  /// What kind of fault it is.
  public var code: Code
  /// One line in lower case, without a full stop.
  public var message: String
  /// What to do next, when somebody can do something.
  public var hint: String?
  /// Whether the same request may succeed later.
  public var retry: Retry
  /// What exactly it is, where somebody decides by it; nil where the code says enough.
  public var cause: Cause?

  /// One fault among those of a code.
  public enum Cause: Sendable, Equatable {
    /// This safeguard refused.
    case safeguard(Safeguard)
    /// The database has no trash.
    case withoutTrash
    /// Nobody was asked: the service was found down a moment ago.
    case knownOutage
    /// PostgREST is older than 12.2 and cannot promise how many rows a change affects.
    case oldServer
    /// It is about this local file, which the message names.
    case file(LocalPath)
  }

  /// Whether the same request may succeed later without anybody changing anything.
  public enum Retry: Sendable, Equatable {
    /// Not before somebody changes something.
    case never
    /// It may be a lasting fault that looks like a passing one.
    case once
    /// It is a passing fault.
    case soon
    /// The service is busy; it may have said how long to wait.
    case throttled(after: Duration?)
  }

  /// Whether trying again may help.
  public var isRetryable: Bool { retry != .never }

  /// An error; `message` and `hint` in lower case, without a full stop.
  public init(
    _ code: Code, _ message: String, hint: String? = nil, retry: Retry = .never, cause: Cause? = nil
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.retry = retry
    self.cause = cause
  }

  /// Whether going on with other files is pointless: the service is down, or says no to this key.
  package var endsTheRun: Bool {
    switch code {
    case .unreachable, .denied, .setup, .configuration, .locked, .damaged, .guarded, .interrupted, .deadline: true
    case .notFound, .objectMissing, .conflict, .tooLarge, .sensitive, .integrity, .rejected, .unexpectedAnswer,
      .changed, .unreadable, .unwritable, .purging:
      false
    }
  }
}
