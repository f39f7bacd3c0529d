internal import FoundationEssentials
public import StorageEngine
internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning
internal import SupabaseClient
internal import SupabasePlace

extension OpenProject {
  /// Runs the checks that need the project, from the second on, and adds what they found; in the local store there is
  /// nothing to be connected to, and they fail. Somebody waits for the answer: what fails is repeated twice at most.
  public func testConnection(_ report: inout ConnectionReport) async {
    guard let remote else {
      let error = StorageError(
        .configuration, "the local store needs no connection", hint: "set SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY")
      report.add(.initialization, [.failed(error)])
      return report.stop(by: .initialization)
    }
    var retrier = retrier
    retrier.policy.attempts = 3
    retrier.policy.patience = .seconds(2)
    let checks = ConnectionChecks(
      remote: remote, objects: RetryingObjectStore(store, retrier: retrier), retrier: retrier)
    await checks.run(&report)
  }
}

private struct ConnectionChecks: Sendable {
  private static let tableNames = ["conversations", "messages", "files", "conversation_files"]

  let remote: RemoteProject
  let objects: any ObjectStore
  let retrier: Retrier

  private var tables: RowsClient { remote.tables }

  func run(_ report: inout ConnectionReport) async {
    report.add(.initialization, initialization())
    guard report.passed(.initialization) else { return report.stop(by: .initialization) }
    report.add(.database, await database())
    if let error = report.firstError, error.code == .unreachable || error.code == .denied {
      return report.stop(by: .database)
    }
    async let tables = self.tableFindings()
    async let buckets = self.bucketFindings()
    report.add(.tables, await tables)
    report.add(.buckets, await buckets)
    guard report.passed(.tables) else { return report.add(.conversation, [.stopped(by: .tables)]) }
    report.add(.conversation, await conversation())
  }

  /// Whether the key is one that sees and may write everything; known without asking anybody.
  private func initialization() -> [ConnectionFinding] {
    do throws(StorageError) {
      try remote.project.checkRole()
    } catch {
      return [.failed(error)]
    }
    return [.initialized(url: remote.project.address.url)]
  }

  private func database() async -> [ConnectionFinding] {
    struct Version: Decodable, Sendable {
      let version: Int
      let description: String?
      let appliedAt: String?

      enum CodingKeys: String, CodingKey {
        case version, description
        case appliedAt = "applied_at"
      }
    }
    do throws(StorageError) {
      let page = try await asked { () throws(ServiceError) in
        try tables.select(
          ["version", "description", "applied_at"], from: "schema_version", order: [.descending("version")], limit: 1,
          as: Version.self)
      }
      guard let row = page.rows.first else {
        throw StorageError(
          .setup, "the table schema_version is empty",
          hint: "run the schema again: `supastore schema | psql \"$DB_URL\"`")
      }
      return [.schema(version: row.version, description: row.description, appliedAt: row.appliedAt.map(inUTC))]
    } catch {
      return [.failed(error)]
    }
  }

  private func tableFindings() async -> [ConnectionFinding] {
    await withTaskGroup(of: (Int, ConnectionFinding).self) { group in
      for (index, name) in Self.tableNames.enumerated() {
        group.addTask {
          do throws(StorageError) {
            let count = try await asked { () throws(ServiceError) in try tables.count(name) }
            return (index, .table(name: name, rowCount: count))
          } catch {
            return (index, .tableFailed(name: name, error.code == .setup ? Self.missingTable : error))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// The service's own words are lost: a count is asked for without a body.
  private static let missingTable = StorageError(
    .setup, "the database has no such table, or does not offer it",
    hint: "run `supastore schema | psql \"$DB_URL\"`, or its output in the dashboard's SQL editor")

  private func bucketFindings() async -> [ConnectionFinding] {
    var findings: [ConnectionFinding] = []
    for expected in Bucket.allCases {
      do throws(StorageError) {
        guard let bucket = try await objects.bucket(expected.name) else {
          throw StorageError(.setup, "bucket \(expected.name) does not exist", hint: "run `supastore setup`")
        }
        findings.append(.bucket(bucket))
        guard !bucket.isPublic else {
          throw StorageError(
            .setup, "bucket \(expected.name) is public: whoever knows a key can read its object",
            hint: "make it private in the dashboard under Storage; `supastore setup --check` looks again")
        }
        guard bucket.byteLimit != nil else {
          throw StorageError(
            .setup, "bucket \(expected.name) has no file size limit",
            hint: "`supastore setup --check` shows what it should be; set it in the dashboard under Storage")
        }
      } catch {
        findings.append(.bucketFailed(name: expected.name, error))
      }
    }
    return findings
  }

  /// Makes a conversation with a message, reads it back, and removes it again whatever happened between.
  private func conversation() async -> [ConnectionFinding] {
    let conversationID = UUID().uuidString.lowercased()
    var findings: [ConnectionFinding] = []
    do throws(StorageError) {
      try await createTestConversation(conversationID)
      findings.append(.conversationCreated(id: conversationID))
      findings += try await exchangeTestMessage(in: conversationID)
    } catch {
      findings.append(.failed(error))
    }
    do throws(StorageError) {
      try await deleteTestConversation(conversationID)
      if try await asked({ () throws(ServiceError) in
        try tables.count("conversations", where: [.eq("id", conversationID)])
      })
        > 0
      {
        throw StorageError(.rejected, "the test conversation \(conversationID) is still there after it was deleted")
      }
      findings.append(.cleanedUp)
    } catch {
      findings.append(.failed(error))
    }
    return findings
  }

  /// Removes it also from a server that cannot promise to remove nothing else, and says so then.
  private func deleteTestConversation(_ id: String) async throws(StorageError) {
    func delete(atMost limit: Int?) async throws(StorageError) {
      _ = try await asked { () throws(ServiceError) in
        try tables.delete(from: "conversations", where: ChangeFilters(.eq("id", id)), atMost: limit)
      }
    }
    do throws(StorageError) {
      try await delete(atMost: 1)
    } catch {
      if error.cause == .oldServer { try await delete(atMost: nil) }
      throw error
    }
  }

  private func createTestConversation(_ id: String) async throws(StorageError) {
    try await asked { () throws(ServiceError) in
      var batch = RowBatch(columns: ["id", "continuation_id", "title"])
      batch.append { row in
        row.key("id")
        row.value(id)
        row.key("continuation_id")
        row.value("supastore-connection-test-\(id)")
        row.key("title")
        row.value("supastore connection test")
      }
      return try tables.insert(batch, into: "conversations", onConflict: ConflictRule(on: ["id"], .ignore))
    }
  }

  private func exchangeTestMessage(in conversationID: String) async throws(StorageError) -> [ConnectionFinding] {
    struct Message: Decodable, Sendable {
      let id: String
      let content: String
    }
    let messageID = UUID().uuidString.lowercased()
    let content = "connection test"
    try await asked { () throws(ServiceError) in
      var batch = RowBatch(columns: ["id", "conversation_id", "role", "content"])
      batch.append { row in
        row.key("id")
        row.value(messageID)
        row.key("conversation_id")
        row.value(conversationID)
        row.key("role")
        row.value("user")
        row.key("content")
        row.value(content)
      }
      return try tables.insert(batch, into: "messages", onConflict: ConflictRule(on: ["id"], .ignore))
    }
    let history = try await asked { () throws(ServiceError) in
      try tables.select(
        ["id", "content"], from: "messages", where: [.eq("conversation_id", conversationID)],
        order: [.ascending("created_at"), .ascending("id")], as: Message.self)
    }.rows
    guard history.count == 1, history[0].id == messageID, history[0].content == content else {
      throw StorageError(.integrity, "the history read back is not the one message that was written")
    }
    return [.messageCreated(id: messageID), .historyRead(messageCount: history.count)]
  }

  /// One call, repeated where that may help.
  private func asked<Answer: Sendable>(
    _ call: () throws(ServiceError) -> Call<Answer>
  ) async throws(StorageError) -> Answer {
    try await retrier.run { () async throws(StorageError) in try await remote.connection.answer(to: call) }
  }
}

/// A time of PostgREST's, whose offset is +00:00, in the shorter form.
private func inUTC(_ time: String) -> String {
  time.hasSuffix("+00:00") ? time.dropLast(6) + "Z" : time
}
