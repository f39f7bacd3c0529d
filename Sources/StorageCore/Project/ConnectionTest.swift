public import StorageModel
internal import SupabaseClient

/// The six checks before a deploy, in the order in which they build on each other.
public enum ConnectionCheck: Int, Sendable, CaseIterable {
  case environment = 1
  case initialization
  case database
  case tables
  case buckets
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
  case initialized(url: String)
  /// `appliedAt` as ISO 8601 in UTC.
  case schema(version: Int, description: String?, appliedAt: String?)
  case table(name: String, rowCount: Int)
  case tableFailed(name: String, StorageError)
  case bucket(StoredBucket)
  case bucketFailed(name: String, StorageError)
  case conversationCreated(id: String)
  case messageCreated(id: String)
  case historyRead(messageCount: Int)
  case cleanedUp
  case failed(StorageError)
  /// Not tried, because this earlier check failed.
  case stopped(by: ConnectionCheck)
}

/// What the checks found.
public struct ConnectionReport: Sendable {
  public struct Entry: Sendable {
    public var check: ConnectionCheck
    public var findings: [ConnectionFinding]
    public var passed: Bool
  }

  /// All six, in order.
  public private(set) var entries: [Entry] = []

  public init() {}

  public var passedCount: Int { entries.filter(\.passed).count }
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
