internal import CurlHTTP
internal import FoundationEssentials
internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient

/// The trash of a Supabase project: the table and the functions of the schema's version 2.
struct RemoteTrash: Trash {
  let connection: ServiceConnection
  let tables: RowsClient

  func survey(grace: Duration, purgeAfter: Duration) async throws(StorageError) -> CleanupSurvey {
    try await call("supastore_survey", .reads, as: SurveyRow.self) { arguments in
      arguments.member("grace", grace)
      arguments.member("purge_after", purgeAfter)
    }.survey
  }

  func candidates(
    _ class: CleanupClass, olderThan age: Duration, after last: ObjectAddress?, limit: Int
  ) async throws(StorageError) -> [CleanupCandidate] {
    try await call("supastore_candidates", .reads, as: [CandidateRow].self) { arguments in
      arguments.member("rule", `class`.rawValue)
      arguments.member("age", age)
      arguments.member("after_key", last?.key)
      arguments.member("after_bucket", last?.bucket)
      arguments.key("row_limit")
      arguments.value(limit)
    }.map(\.candidate).following(last, atMost: limit)
  }

  func entries(
    matching query: TrashQuery, after last: TrashEntry?, limit: Int
  ) async throws(StorageError) -> Page<TrashEntry> {
    let order: [RowOrder] = [.ascending("trashed_at"), .ascending("bucket"), .ascending("key")]
    var filters: [Filter] = [.isOneOf("state", query.states.map(\.rawValue).sorted())]
    if let run = query.run { filters.append(.eq("run_id", run.uuidString)) }
    if let id = query.continuationID { filters.append(.eq("continuation_id", id)) }
    if let files = query.files { filters.append(.isOneOf("file_id", files.map(\.description))) }
    if let keys = query.keys { filters.append(.isOneOf("key", keys)) }
    if let last { filters.append(.after([last.trashedAt, last.object.bucket, last.object.key], in: order)) }
    let page = try await answer { () throws(ServiceError) in
      try tables.select(
        TrashRow.columns, from: "supastore_trash", where: filters, order: order, limit: limit, counting: true,
        as: TrashRow.self)
    }
    _ = try page.rows.expected("entries of the trash") { query.holds($0.entry) && $0.entry.hasPlausibleTimes }
    return try page.page(
      "entries of the trash", limit: limit, order: order, after: last.map(\.position), { $0.entry.position },
      { $0.entry })
  }

  func questions(about names: [String]) -> [ArraySlice<String>] { Filter.parts(of: names) }

  // MARK: into the trash and back

  func trashOrphans(_ files: [FileID], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry] {
    try await entries(from: "supastore_trash_orphans", run) { arguments in
      arguments.member("ids", files)
      arguments.member("age", age)
    }.trashed(.orphan, files, by: run)
  }

  func trashExpired(_ files: [FileID], run: UUID) async throws(StorageError) -> [TrashEntry] {
    try await entries(from: "supastore_trash_expired", run) { $0.member("ids", files) }.trashed(
      .expired, files, by: run)
  }

  func trash(_ files: [FileID], linkedAtMost limit: Int?, run: UUID) async throws(StorageError) -> [TrashEntry] {
    try await entries(from: "supastore_trash_files", run) { arguments in
      arguments.member("ids", files)
      arguments.key("most_links")
      if let limit { arguments.value(limit) } else { arguments.null() }
    }.trashed(.deleted, files, by: run)
  }

  func trash(
    _ objects: [ObjectAddress], olderThan age: Duration, run: UUID
  ) async throws(StorageError) -> [TrashEntry] {
    let wanted = Set(objects)
    return try await entries(from: "supastore_trash_objects", run) { arguments in
      arguments.member("objects", objects)
      arguments.member("age", age)
    }.expected("trashed objects", to: .writes) { wanted.contains($0.object) && $0.run == run && $0.state == .trashed }
  }

  func delete(_ conversation: Conversation, run: UUID) async throws(StorageError) -> DeletedConversation? {
    let answer = try await call("supastore_delete_conversation", .writes, as: DeletedRow?.self) { arguments in
      arguments.member("conversation", conversation.id)
      arguments.member("run", run.uuidString)
    }
    guard var deleted = answer?.deleted else { return nil }
    deleted.trashed = try await entries(matching: TrashQuery(run: run))
    return deleted
  }

  func restore(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [Restoration] {
    let wanted = Set(objects)
    return try await call("supastore_restore", .writes, as: [RestorationRow].self) { arguments in
      arguments.member("objects", objects)
      arguments.member("run", run.uuidString)
    }.map(\.restoration).expected("restored entries", to: .writes) { wanted.contains($0.object) }
  }

  // MARK: out of the trash

  func claim(_ objects: [ObjectAddress], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry]
  {
    let wanted = Set(objects)
    return try await entries(from: "supastore_claim_purge", run) { arguments in
      arguments.member("objects", objects)
      arguments.member("age", age)
    }.expected("claimed entries", to: .writes) { wanted.contains($0.object) && $0.state == .purging }
  }

  func finish(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [ObjectAddress] {
    let wanted = Set(objects)
    return try await entries(from: "supastore_finish_purge", run) { $0.member("objects", objects) }.map(\.object)
      .expected("purged entries", to: .writes) { wanted.contains($0) }
  }

  // MARK: calls

  private func entries(
    from function: String, _ run: UUID, _ arguments: (inout JSONWriter) -> Void
  ) async throws(StorageError) -> [TrashEntry] {
    let entries = try await call(function, .writes, as: [TrashRow].self) { writer in
      arguments(&writer)
      writer.member("run", run.uuidString)
    }.map(\.entry)
    guard Set(entries.map(\.object)).count == entries.count, entries.allSatisfy(\.hasPlausibleTimes) else {
      throw .unexpectedAnswer("entries of the trash that come twice, or at no time that can be", to: .writes)
    }
    return entries
  }

  private func call<Answer: Decodable & Sendable>(
    _ function: String, _ effect: Route.Effect, as type: Answer.Type, _ arguments: (inout JSONWriter) -> Void
  ) async throws(StorageError) -> Answer {
    try await answer(isPatient: true) { () throws(ServiceError) in
      var call = try tables.function(function, effect, as: type, arguments: arguments)
      // The database has a minute for the largest of them.
      call.request.totalTimeLimit = .seconds(65)
      return call
    }
  }

  private func answer<Answer: Sendable>(
    isPatient: Bool = false, to make: () throws(ServiceError) -> Call<Answer>
  ) async throws(StorageError) -> Answer {
    do throws(StorageError) {
      return try await connection.answer(isPatient: isPatient, to: make)
    } catch {
      guard error.code == .setup else { throw error }
      throw .withoutTrash
    }
  }
}

extension [CleanupCandidate] {
  /// These, when they can be a page behind `last`: they are in an order of the database's own, so all that can be told is
  /// that nothing comes twice.
  fileprivate func following(_ last: ObjectAddress?, atMost limit: Int) throws(StorageError) -> Self {
    guard count <= limit else { throw .unexpectedAnswer("\(count) candidates, asked for at most \(limit)") }
    var seen: Set<ObjectAddress> = last.map { [$0] } ?? []
    guard allSatisfy({ seen.insert($0.object).inserted }) else {
      throw .unexpectedAnswer("a page of candidates that does not go on from the one before")
    }
    return self
  }
}

extension [TrashEntry] {
  /// These, when they are files that this run was to trash by that rule.
  fileprivate func trashed(_ rule: TrashRule, _ files: [FileID], by run: UUID) throws(StorageError) -> Self {
    let wanted = Set(files)
    return try expected("trashed files", to: .writes) { entry in
      entry.run == run && entry.rule == rule && entry.state == .trashed
        && entry.fileID.map(wanted.contains) ?? false
    }
  }
}

extension TrashEntry {
  fileprivate var hasPlausibleTimes: Bool {
    [trashedAt, claimedAt, purgedAt].compactMap(\.self).allSatisfy(isPlausibleTime)
  }

  /// In the order of the list of the trash.
  fileprivate var position: RowPosition { [trashedAt, object.bucket, object.key] }
}

extension TrashQuery {
  /// Whether an entry is one that was asked for.
  fileprivate func holds(_ entry: TrashEntry) -> Bool {
    if let run, entry.run != run { return false }
    if let continuationID, entry.continuationID != continuationID { return false }
    if let files, !(entry.fileID.map(files.contains) ?? false) { return false }
    if let keys, !keys.contains(entry.object.key) { return false }
    return states.contains(entry.state)
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ text: String?) {
    key(name)
    if let text { value(text) } else { null() }
  }

  /// As an interval of PostgreSQL.
  fileprivate mutating func member(_ name: String, _ duration: Duration) {
    member(name, "\(duration.components.seconds) seconds")
  }

  fileprivate mutating func member(_ name: String, _ texts: [String]) {
    key(name)
    beginArray()
    for text in texts { value(text) }
    endArray()
  }

  fileprivate mutating func member(_ name: String, _ files: [FileID]) {
    member(name, files.map(\.description))
  }

  fileprivate mutating func member(_ name: String, _ objects: [ObjectAddress]) {
    key(name)
    beginArray()
    for object in objects {
      beginObject()
      member("bucket", object.bucket)
      member("key", object.key)
      endObject()
    }
    endArray()
  }
}
