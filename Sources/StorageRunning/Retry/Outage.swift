internal import Glibc
internal import StorageFiles
package import StorageModel
internal import Synchronization

/// What the processes of this machine know of one project that is down: a small file, there only as long as it is.
///
/// While it says so nobody waits for the service again: every operation fails at once, but for one from time to time that
/// looks whether it is back. Safe to use from any thread.
package final class Outage: Sendable {
  /// How long the service is left alone after it was found down: this long at first, twice as long each time after,
  /// never longer than the other.
  static let shortestPause = 30
  static let longestPause = 300

  package let directory: LocalPath
  private let name: [UInt8]
  /// False for what asks the service anyway, and only notes what it finds.
  private let isObeyed: Bool
  private let clock: @Sendable () -> Int
  /// Whether the file is known not to be there; it is only looked for once by what does not obey it.
  private let isKnownOver = Atomic(false)
  /// When this process got its last answer. What it sees itself counts for more than what others saw.
  private let lastAnswer = Atomic(0)
  private static let freshness = 10
  /// Whether this process is the one that looks.
  private let isProbing = Atomic(false)

  /// - Parameters:
  ///   - directory: the state directory; made when there is something to note.
  ///   - clock: seconds since 1970.
  package init(
    in directory: LocalPath, named name: [UInt8], isObeyed: Bool = true,
    clock: @escaping @Sendable () -> Int = { time(nil) }
  ) {
    self.directory = directory
    self.name = name
    self.isObeyed = isObeyed
    self.clock = clock
  }

  /// What somebody who is about to ask the service has to do afterwards.
  enum Passage: ~Copyable {
    case free
    /// It is this one's turn to look whether the service is back; nobody else's as long as the descriptor is open.
    case probe(FileDescriptor)

    var isProbe: Bool {
      switch self {
      case .free: false
      case .probe: true
      }
    }
  }

  /// Throws `.unreachable` at once while the service is to be left alone.
  func pass() throws(StorageError) -> Passage {
    guard isObeyed, !isProbing.load(ordering: .relaxed), !isFresh, let file = opened(), let record = Record(file) else {
      return .free
    }
    let rest = record.until - clock()
    // A clock that went back would keep everybody out for longer than anybody meant.
    if (1...Self.longestPause).contains(rest) { throw record.error(askedAgainIn: rest) }
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0, isCurrent(file) else {
      throw record.error(askedAgainIn: 0)
    }
    isProbing.store(true, ordering: .relaxed)
    return .probe(file)
  }

  private var isFresh: Bool {
    let last = lastAnswer.load(ordering: .relaxed)
    return last != 0 && (0..<Self.freshness).contains(clock() - last)
  }

  /// The service answered.
  func ended(_ passage: consuming Passage = .free) {
    lastAnswer.store(clock(), ordering: .relaxed)
    isProbing.store(false, ordering: .relaxed)
    if passage.isProbe || (!isObeyed && !isKnownOver.exchange(true, ordering: .relaxed)) {
      _ = withNulTerminated(path.bytes) { unlink($0) }
    }
  }

  /// Whoever asked the service was stopped before it answered: the next one looks.
  func abandoned(_ passage: consuming Passage) {
    if passage.isProbe { isProbing.store(false, ordering: .relaxed) }
  }

  /// The service was asked, again and again, and is down. What cannot be noted is not: the next one waits again.
  ///
  /// An error that one object may cause for ever says nothing about the service, nor does one of `pass`.
  package func note(_ error: StorageError) {
    isProbing.store(false, ordering: .relaxed)
    guard error.retry != .once, error.cause != .knownOutage else { return }
    lastAnswer.store(0, ordering: .relaxed)
    let before = record
    let now = clock()
    if let before, (1...Self.longestPause).contains(before.until - now) { return }
    let failures = (before?.failures ?? 0) + 1
    let pause = min(Self.longestPause, Self.shortestPause << min(failures - 1, 8))
    Record(failures: failures, until: now + pause, message: error.message).write(as: name, in: directory)
    CrashPoint.outageNoted.reached()
    isKnownOver.store(false, ordering: .relaxed)
  }

  /// What was found, and for how many seconds more the service is left alone; nil when nobody found it down.
  package var current: (message: String, secondsLeft: Int)? {
    record.map { ($0.message, min(Self.longestPause, max(0, $0.until - clock()))) }
  }

  private var path: LocalPath { directory.appending(LocalPath(checked: name)) }

  private func opened() -> FileDescriptor? {
    try? FileDescriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  }

  private var record: Record? {
    guard let file = opened() else { return nil }
    return Record(file)
  }

  /// Whether nobody has put another file in its place meanwhile.
  private func isCurrent(_ file: borrowing FileDescriptor) -> Bool {
    var (mine, there) = (stat(), stat())
    return fstat(file.number, &mine) == 0 && path.withCString { lstat($0, &there) } == 0
      && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev
  }
}

/// The file's content: `FAILURES UNTIL` on one line, then the message of what was found.
private struct Record {
  var failures: Int
  /// Seconds since 1970.
  var until: Int
  var message: String

  init(failures: Int, until: Int, message: String) {
    self.failures = failures
    self.until = until
    self.message = message
  }

  /// Nil when it holds something else.
  init?(_ file: borrowing FileDescriptor) {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let number = file.number
    let count = bytes.withUnsafeMutableBytes { pread(number, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return nil }
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n", maxSplits: 1)
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 2, let failures = Int(words[0]), let until = Int(words[1]), failures > 0 else { return nil }
    self.init(failures: failures, until: until, message: lines.count > 1 ? String(lines[1]) : "")
  }

  /// In one step, so that nobody reads half of it.
  func write(as name: [UInt8], in directory: LocalPath) {
    let text = Array("\(failures) \(until)\n\(message.prefix(500))".utf8)
    do {
      let target = try TargetDirectory(at: StateDirectory(at: directory).path)
      let file = try PartialFile(in: target, mode: 0o600)
      try text.withUnsafeBytes { try file.write($0, at: 0) }
      try file.commit(as: name, replacing: true, isDurable: false)
    } catch {
      // The outage is told anyway; only the next process has to find it out for itself.
      return
    }
  }

  func error(askedAgainIn seconds: Int) -> StorageError {
    StorageError(
      .unreachable, "the service was down a moment ago (\(message)) and is asked again in \(seconds) s",
      hint: "`supastore test-connection` asks it at once", retry: .soon, cause: .knownOutage)
  }
}
