internal import CommandTable
internal import StorageCore

/// The report as the migration guide shows it: people and scripts compare it line by line.
extension ConnectionReport {
  private static let rule = String(repeating: "=", count: 80)

  package var text: String {
    var lines = [Self.rule, "SUPABASE CONNECTION TEST SUITE", Self.rule]
    for entry in entries {
      lines += ["", Self.rule, "TEST \(entry.check.rawValue): \(entry.check.heading)", Self.rule]
      lines += entry.lines.map { String(printable: $0) }
    }
    lines += ["", Self.rule, "TEST SUMMARY", Self.rule]
    lines += entries.map { "\($0.check.title): \($0.passed ? "✅ PASS" : "❌ FAIL")" }
    lines += ["", "Total: \(passedCount)/\(ConnectionCheck.allCases.count) tests passed", ""]
    lines.append(
      passed
        ? "🎉 All tests passed! Supabase integration is ready!"
        : "❌ Some tests failed. See the hints above, then run the test again.")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ConnectionCheck {
  /// As the check's own headline names it; the summary is shorter in one case.
  fileprivate var heading: String {
    switch self {
    case .initialization: "Storage Manager Initialization"
    case .environment, .database, .tables, .buckets, .conversation: title
    }
  }

  /// The line that closes a check of several parts.
  fileprivate var closingLine: String? {
    switch self {
    case .environment: "✅ All environment variables are set!"
    case .tables: "✅ All required tables exist!"
    case .buckets: "✅ All required storage buckets exist!"
    case .initialization, .database, .conversation: nil
    }
  }
}

extension ConnectionReport.Entry {
  fileprivate var lines: [String] {
    var lines = findings.flatMap { $0.lines(in: check) }
    if passed, let closing = check.closingLine { lines += ["", closing] }
    return lines
  }
}

extension ConnectionFinding {
  fileprivate func lines(in check: ConnectionCheck) -> [String] {
    switch self {
    case .variable(let name, true, _, _):
      ["\(name): ✅ SET"]
    case .variable(let name, false, false, _):
      ["   \(name): not set (optional)"]
    case .variable(let name, false, true, let source):
      ["❌ \(name): MISSING", "  → Get from: \(source)"]
    case .initialized(let url):
      ["✅ Storage manager initialized successfully!", "   URL: \(url)", "   Enabled: True"]
    case .schema(let version, let description, let appliedAt):
      [
        "✅ Database connection successful!", "   Schema version: \(version)",
        "   Description: \(description ?? "none")",
        "   Applied at: \(appliedAt ?? "unknown")",
      ]
    case .table(let name, let rowCount):
      ["✅ Table '\(name)' exists (rows: \(rowCount))"]
    case .tableFailed(let name, let error):
      ["❌ Table '\(name)' missing or inaccessible", "   \(error.message)"] + error.hintLines
    case .bucket(let bucket):
      ["✅ Bucket '\(bucket.name)' exists", "   Public: \(bucket.isPublic ? "True" : "False")", bucket.limitLine]
    case .bucketFailed(let name, let error):
      ["❌ Bucket '\(name)': \(error.message)"] + error.hintLines
    case .conversationCreated(let id): ["✅ Created test conversation: \(id)"]
    case .messageCreated(let id): ["✅ Created test message: \(id)"]
    case .historyRead(let messageCount): ["✅ Retrieved conversation history: \(messageCount) messages"]
    case .cleanedUp: ["✅ Cleaned up test data"]
    case .failed(let error): ["❌ \(check.failureWords): \(error.message)"] + error.hintLines
    case .stopped(let earlier): ["❌ Not run: test \(earlier.rawValue) (\(earlier.title)) failed"]
    }
  }
}

extension ConnectionCheck {
  fileprivate var failureWords: String {
    switch self {
    case .environment: "Environment check failed"
    case .initialization: "Storage manager initialization failed"
    case .database: "Database connection failed"
    case .tables: "Table check failed"
    case .buckets: "Bucket check failed"
    case .conversation: "Conversation operations failed"
    }
  }
}

extension StorageError {
  fileprivate var hintLines: [String] { hint.map { ["  → \($0)"] } ?? [] }
}

extension StoredBucket {
  fileprivate var limitLine: String {
    guard let byteLimit else { return "   File size limit: none" }
    let tenths = (byteLimit * 10 + 524_288) / 1_048_576
    return "   File size limit: \(tenths / 10).\(tenths % 10) MB"
  }
}
