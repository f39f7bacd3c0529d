import TestSupport
import Testing

/// A way to remove files without links. All but the first lose links: with them the race shows that it sees losses.
enum Cleaning: CaseIterable, Sendable {
  case trash, oneStatement, oneStatementWithoutKey, remembered

  func prepare(_ database: TrashDatabase) async throws {
    if self == .oneStatementWithoutKey {
      try await database.owner.run(
        "alter table public.conversation_files drop constraint conversation_files_file_id_fkey")
    }
  }

  /// Removes those of `ids` that it takes for unlinked; answers with their ids.
  func clean(_ ids: [String], on session: isolated DatabaseSession) throws(DatabaseSession.Failure) -> [String] {
    let removed =
      switch self {
      case .trash:
        try session.query(
          """
          select e ->> 'file_id' from jsonb_array_elements(
            public.supastore_trash_orphans($1::uuid[], '7 days', gen_random_uuid())) e
          """, array(ids))
      case .oneStatement, .oneStatementWithoutKey:
        try session.query(
          """
          delete from public.files f where f.id = any ($1::uuid[])
            and not exists (select from public.conversation_files l where l.file_id = f.id) returning f.id
          """, array(ids))
      case .remembered:
        try session.query("delete from public.files where id = any ($1::uuid[]) returning id", array(ids))
      }
    return removed.compactMap { $0[0] }
  }

  /// Whether it waits for links that are not committed.
  var waitsForLinks: Bool { self == .oneStatement || self == .remembered }
}

/// What comes in which order where a link and a cleaner meet.
enum Interleaving: CaseIterable, Sendable {
  /// The link is inserted, the cleaner cleans, the link is committed.
  case linkIsOpen
  /// The cleaner finds the file without a link, the link is inserted and committed, the cleaner cleans.
  case linkAfterScan
  /// The cleaner cleans, the link is inserted, the cleaner commits.
  case cleanerIsOpen
  /// The cleaner cleans, the link is inserted, the cleaner rolls back.
  case cleanerGivesUp
}

enum Isolation: String, CaseIterable, Sendable {
  case readCommitted = "read committed"
  case repeatableRead = "repeatable read"
  case serializable = "serializable"
}

/// What became of the links.
struct LinkTally: Sendable {
  var trials = 0
  /// Files whose links were committed.
  var acknowledged: Set<String> = []
  var removed: Set<String> = []
  /// Why links, and removals, did not come about.
  var linkFailures: [String: Int] = [:]
  var cleanFailures: [String: Int] = [:]

  mutating func add(_ other: LinkTally) {
    trials += other.trials
    acknowledged.formUnion(other.acknowledged)
    removed.formUnion(other.removed)
    linkFailures.merge(other.linkFailures) { $0 + $1 }
    cleanFailures.merge(other.cleanFailures) { $0 + $1 }
  }
}

/// One that links files and one that cleans, on connections of their own.
struct LinkRace {
  let database: TrashDatabase
  let cleaning: Cleaning
  let conversation: String
  let linker: DatabaseSession
  let cleaner: DatabaseSession

  init(_ database: TrashDatabase, cleaning: Cleaning = .trash) async throws {
    self.database = database
    self.cleaning = cleaning
    try await cleaning.prepare(database)
    conversation = try await database.makeConversation("c")
    linker = try await database.session()
    cleaner = try await database.session()
  }

  /// Links and cleans `files`, all of them in one transaction each.
  func meet(
    at interleaving: Interleaving, _ files: [String], linkerIsolation: Isolation = .readCommitted,
    cleanerIsolation: Isolation = .readCommitted
  ) async throws -> LinkTally {
    var tally = LinkTally(trials: files.count)
    try await linker.query("begin isolation level \(linkerIsolation.rawValue)")
    try await cleaner.query("begin isolation level \(cleanerIsolation.rawValue)")
    switch interleaving {
    case .linkIsOpen:
      let inserted = await insertLinks(files)
      if cleaning.waitsForLinks {
        async let removed = clean(files)
        try await database.project.untilWaiting(cleaner)
        await commitLinks(files, inserted, &tally)
        await commitCleaning(removed, &tally)
      } else {
        let removed = await clean(files)
        await commitLinks(files, inserted, &tally)
        await commitCleaning(removed, &tally)
      }
    case .linkAfterScan:
      let found = try await cleaner.query(
        """
        select f.id from public.files f where f.id = any ($1::uuid[])
          and not exists (select from public.conversation_files l where l.file_id = f.id)
        """, array(files)
      ).compactMap { $0[0] }
      let inserted = await insertLinks(files)
      await commitLinks(files, inserted, &tally)
      await commitCleaning(await clean(found), &tally)
    case .cleanerIsOpen, .cleanerGivesUp:
      let removed = await clean(files)
      async let inserted = insertLinks(files)
      if case .success = removed { try await database.project.untilWaiting(linker) }
      if case .success = removed, interleaving == .cleanerGivesUp {
        try await cleaner.query("rollback")
      } else {
        await commitCleaning(removed, &tally)
      }
      await commitLinks(files, await inserted, &tally)
    }
    return tally
  }

  private func clean(_ files: [String]) async -> Result<[String], DatabaseSession.Failure> {
    await cleaner.perform { [cleaning] session in
      do throws(DatabaseSession.Failure) {
        return .success(try cleaning.clean(files, on: session))
      } catch {
        return .failure(error)
      }
    }
  }

  private func commitCleaning(
    _ removed: Result<[String], DatabaseSession.Failure>, _ tally: inout LinkTally
  ) async {
    switch removed {
    case .success(let ids):
      if let failure = await cleaner.failure("commit") {
        tally.cleanFailures[failure, default: 0] += 1
      } else {
        tally.removed.formUnion(ids)
      }
    case .failure(let error):
      tally.cleanFailures[error.sqlState ?? error.message, default: 0] += 1
      _ = await cleaner.failure("rollback")
    }
  }

  /// The SQLSTATE that the insert failed with.
  private func insertLinks(_ files: [String]) async -> String? {
    await linker.failure(
      "insert into public.conversation_files (conversation_id, file_id) select $1::uuid, unnest($2::uuid[])",
      conversation, array(files))
  }

  private func commitLinks(_ files: [String], _ insertFailure: String?, _ tally: inout LinkTally) async {
    let commitFailure = await linker.failure(insertFailure == nil ? "commit" : "rollback")
    if let failure = insertFailure ?? commitFailure {
      tally.linkFailures[failure, default: 0] += 1
    } else {
      tally.acknowledged.formUnion(files)
    }
  }

  /// Acknowledged links of which the link or its file is gone.
  func lost(_ tally: LinkTally) async throws -> Int {
    try await database.count(
      """
      unnest('\(array(tally.acknowledged))'::uuid[]) a where not exists (
        select from public.conversation_files l join public.files f on f.id = l.file_id where l.file_id = a)
      """)
  }
}
