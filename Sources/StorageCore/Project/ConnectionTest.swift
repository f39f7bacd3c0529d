public import StorageModel
internal import SupabaseClient

/// The six checks before a deploy, in the order in which they build on each other.
public enum ConnectionCheck: Int, Sendable, CaseIterable {
  /// Whether all variables are set.
  case environment = 1
  /// Whether URL and key are usable.
  case initialization
  /// Whether the database answers, and in which version of the schema.
  case database
  /// Whether the four tables are there, with their numbers of rows.
  case tables
  /// Whether both buckets are there, with their limits.
  case buckets
  /// Whether a conversation can be made, read and taken away again.
  case conversation

  /// As the summary names it.
  public var title: String {
    switch self {
    case .environment: "Environment Variables"
    case .initialization: "Storage Manager Init"
    case .database: "Database Connection"
    case .tables: "Table Structure"
    case .buckets: "Storage Buckets"
    case .conversation: "Conversation Operations"
    }
  }
}

/// One thing that a check found.
public enum ConnectionFinding: Sendable {
  /// `source` is the page where its value stands.
  case variable(name: String, isSet: Bool, isRequired: Bool, source: String)
  /// The project can be asked.
  case initialized(url: String)
  /// `appliedAt` as ISO 8601 in UTC.
  case schema(version: Int, description: String?, appliedAt: String?)
  /// A table is there.
  case table(name: String, rowCount: Int)
  /// A table is missing, or cannot be read.
  case tableFailed(name: String, StorageError)
  /// A bucket is there.
  case bucket(StoredBucket)
  /// A bucket is missing, or cannot be read.
  case bucketFailed(name: String, StorageError)
  /// A conversation was made for the check.
  case conversationCreated(id: String)
  /// So was a message in it.
  case messageCreated(id: String)
  /// The conversation's messages were read back.
  case historyRead(messageCount: Int)
  /// What was made for the check is gone again.
  case cleanedUp
  /// The check came to this end.
  case failed(StorageError)
  /// Not tried, because this earlier check failed.
  case stopped(by: ConnectionCheck)
}

/// What the checks found.
public struct ConnectionReport: Sendable {
  /// What one check found.
  public struct Entry: Sendable {
    /// Which one it was.
    public var check: ConnectionCheck
    /// In the order in which they were found.
    public var findings: [ConnectionFinding]
    /// Whether nothing of it failed.
    public var passed: Bool
  }

  /// All six, in order.
  public private(set) var entries: [Entry] = []

  /// Of no check yet.
  public init() {}

  /// Checks that passed.
  public var passedCount: Int { entries.filter(\.passed).count }
  /// Whether all six did.
  public var passed: Bool { passedCount == ConnectionCheck.allCases.count }

  /// The first error that a check ran into, if one did.
  public var firstError: StorageError? {
    entries.lazy.flatMap(\.findings).compactMap { finding in
      switch finding {
      case .failed(let error), .tableFailed(_, let error), .bucketFailed(_, let error): error
      case .variable, .initialized, .schema, .table, .bucket, .conversationCreated, .messageCreated, .historyRead,
        .cleanedUp, .stopped:
        nil
      }
    }.first
  }

  /// Whether a check was made and passed.
  public func passed(_ check: ConnectionCheck) -> Bool {
    entries.contains { $0.check == check && $0.passed }
  }

  /// Adds a check that ran. It has passed unless one of its findings is a failure.
  public mutating func add(_ check: ConnectionCheck, _ findings: [ConnectionFinding]) {
    entries.append(Entry(check: check, findings: findings, passed: findings.allSatisfy(\.isGood)))
  }

  /// Adds every check that has no entry yet as stopped by the one that came before and failed.
  public mutating func stop(by failed: ConnectionCheck) {
    for check in ConnectionCheck.allCases.dropFirst(entries.count) {
      add(check, [.stopped(by: failed)])
    }
  }
}

extension ConnectionFinding {
  fileprivate var isGood: Bool {
    switch self {
    case .variable(_, let isSet, let isRequired, _): isSet || !isRequired
    case .initialized, .schema, .table, .bucket, .conversationCreated, .messageCreated, .historyRead, .cleanedUp: true
    case .tableFailed, .bucketFailed, .failed, .stopped: false
    }
  }
}

extension Configuration {
  /// What the first check finds: which of the project's variables are set.
  public var connectionFindings: [ConnectionFinding] {
    let settings: [(Setting, isRequired: Bool)] = [
      (.projectURL, true), (.anonKey, false), (.serviceRoleKey, true),
    ]
    return settings.map { setting, isRequired in
      .variable(
        name: setting.name, isSet: origin(of: setting) != nil, isRequired: isRequired, source: settingsPage)
    }
  }

  /// The page of the dashboard with the project's URL and keys. `_` makes the dashboard ask for the project.
  private var settingsPage: String {
    let host = projectURL.flatMap { try? ProjectAddress($0) }?.host ?? ""
    let labels = host.split(separator: ".")
    let isHosted = labels.count == 3 && labels.dropFirst().elementsEqual(["supabase", "co"])
    return "https://supabase.com/dashboard/project/\(isHosted ? labels[0] : "_")/settings/api"
  }
}
