import TestSupport
import Testing

/// Two that link and two that clean the same files at the same time, in nearly the same order.
struct RandomLinkRace {
  private let race: LinkRace
  private let linkers: [DatabaseSession]
  private let cleaners: [DatabaseSession]
  private let seed: UInt64

  init(_ database: TrashDatabase, seed: UInt64) async throws {
    race = try await LinkRace(database)
    self.seed = seed
    linkers = [race.linker, try await database.session()]
    cleaners = [race.cleaner, try await database.session()]
  }

  func lost(_ tally: LinkTally) async throws -> Int { try await race.lost(tally) }

  func run(rounds: Int, filesPerRound: Int) async throws -> LinkTally {
    var tally = LinkTally()
    var random = SplitMix64(seed: seed)
    for round in 0..<rounds {
      let files = try await race.database.makeFiles(filesPerRound, in: "\(round)", withObjects: false)
      let met = try await withThrowingTaskGroup(of: LinkTally.self) { group in
        for linker in linkers {
          let parts = Self.parts(of: files, atMost: 4, &random)
          let seed = random.next()
          group.addTask { try await linker.perform { try link(parts, seed: seed, on: $0) } }
        }
        for cleaner in cleaners {
          let parts = Self.parts(of: files, atMost: 8, &random)
          let seed = random.next()
          group.addTask { try await cleaner.perform { try clean(parts, seed: seed, on: $0) } }
        }
        return try await group.reduce(into: LinkTally()) { $0.add($1) }
      }
      tally.add(met)
      tally.trials += files.count
    }
    return tally
  }

  /// All of the files, each near its place.
  private static func parts(of files: [String], atMost limit: Int, _ random: inout SplitMix64) -> [[String]] {
    let order = files.enumerated().map { (place: $0.offset + Int.random(in: 0...5, using: &random), file: $0.element) }
      .sorted { $0.place < $1.place }.map(\.file)
    var parts: [[String]] = []
    var rest = order[...]
    while !rest.isEmpty {
      let part = rest.prefix(Int.random(in: 1...limit, using: &random))
      parts.append(Array(part))
      rest = rest.dropFirst(part.count)
    }
    return parts
  }

  private func link(_ parts: [[String]], seed: UInt64, on session: isolated DatabaseSession) throws -> LinkTally {
    var tally = LinkTally()
    var random = SplitMix64(seed: seed)
    for files in parts {
      // Each linker takes about half of the files.
      guard Bool.random(using: &random) else { continue }
      let isolation = Isolation.allCases.randomElement(using: &random) ?? .readCommitted
      let isMeant = Int.random(in: 0..<10, using: &random) > 0
      try session.query("begin isolation level \(isolation.rawValue)")
      let inserts = [files.prefix(files.count / 2), files.dropFirst(files.count / 2)].filter { !$0.isEmpty }
      var failure: String?
      for files in inserts where failure == nil {
        failure = session.failure(
          """
          insert into public.conversation_files (conversation_id, file_id) select $1::uuid, unnest($2::uuid[])
            on conflict do nothing
          """, race.conversation, array(files))
      }
      let end = session.failure(isMeant && failure == nil ? "commit" : "rollback")
      if let failure = failure ?? end {
        tally.linkFailures[failure, default: 0] += 1
      } else if isMeant {
        tally.acknowledged.formUnion(files)
      }
    }
    return tally
  }

  private func clean(_ parts: [[String]], seed: UInt64, on session: isolated DatabaseSession) throws -> LinkTally {
    var tally = LinkTally()
    var random = SplitMix64(seed: seed)
    for files in parts {
      let isolation = Int.random(in: 0..<10, using: &random) == 0 ? Isolation.repeatableRead : .readCommitted
      let isMeant = Int.random(in: 0..<10, using: &random) > 0
      try session.query("begin isolation level \(isolation.rawValue)")
      do throws(DatabaseSession.Failure) {
        let removed = try race.cleaning.clean(files, on: session)
        try session.query(isMeant ? "commit" : "rollback")
        if isMeant { tally.removed.formUnion(removed) }
      } catch {
        tally.cleanFailures[error.sqlState ?? error.message, default: 0] += 1
        try session.query("rollback")
      }
    }
    return tally
  }
}
