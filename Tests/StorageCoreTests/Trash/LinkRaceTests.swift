import TestSupport
import Testing

/// A link that was acknowledged is never lost to a cleaner: thousands of files that are cleaned while others link them.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct LinkRaceTests {
  private static let meetings = TestLength.count(2, long: 10)
  private static let rounds = TestLength.count(60, long: 300)

  /// In a third of them the cleaner runs at READ COMMITTED, in the others it has to refuse.
  @Test(arguments: Interleaving.allCases)
  func `no link is lost where the two meet`(_ interleaving: Interleaving) async throws {
    let race = try await LinkRace(try await TrashDatabase())
    var tally = LinkTally()
    for (index, linkerIsolation) in Isolation.allCases.enumerated() {
      for cleanerIsolation in Isolation.allCases {
        var met = LinkTally()
        for round in 0..<Self.meetings {
          let files = try await race.database.makeFiles(
            25, in: "\(index)/\(cleanerIsolation)/\(round)", withObjects: false)
          met.add(
            try await race.meet(
              at: interleaving, files, linkerIsolation: linkerIsolation, cleanerIsolation: cleanerIsolation))
        }
        if cleanerIsolation == .readCommitted {
          #expect(met.cleanFailures == [:])
          #expect(met.removed.count == (interleaving == .cleanerIsOpen ? met.trials : 0))
          #expect(met.acknowledged.count == (interleaving == .cleanerIsOpen ? 0 : met.trials))
          if linkerIsolation == .readCommitted {
            #expect(met.linkFailures == (interleaving == .cleanerIsOpen ? ["23503": Self.meetings] : [:]))
          }
        } else {
          #expect(met.cleanFailures == ["SS002": Self.meetings])
        }
        #expect(Set(met.linkFailures.keys).isSubset(of: ["23503", "40001"]))
        tally.add(met)
      }
    }
    #expect(tally.trials == 9 * 25 * Self.meetings)
    #expect(tally.acknowledged.isDisjoint(with: tally.removed))
    #expect(try await race.lost(tally) == 0)
  }

  /// Each linker takes about half of the files, so some are nobody's.
  @Test func `no link is lost in any order that comes about`() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    let race = try await RandomLinkRace(try await TrashDatabase(), seed: seed)
    let tally = try await race.run(rounds: Self.rounds, filesPerRound: 40)
    let story: Comment = "seed \(seed)"
    #expect(tally.trials == 40 * Self.rounds, story)
    #expect(tally.acknowledged.isDisjoint(with: tally.removed), story)
    #expect(try await race.lost(tally) == 0, story)
    #expect(tally.acknowledged.count > Self.rounds / 3 && tally.removed.count > Self.rounds / 3, story)
    #expect(tally.linkFailures["23503", default: 0] > Self.rounds / 3, story)
    #expect(Set(tally.linkFailures.keys).isSubset(of: ["23503", "40001", "40P01"]), story)
    #expect(Set(tally.cleanFailures.keys).isSubset(of: ["SS002"]), story)
  }

  @Test(arguments: [
    (Cleaning.oneStatement, Interleaving.linkIsOpen), (.oneStatementWithoutKey, .linkIsOpen),
    (.remembered, .linkIsOpen), (.remembered, .linkAfterScan),
  ])
  func `the race sees the links that other ways of cleaning lose`(
    _ cleaning: Cleaning, _ interleaving: Interleaving
  ) async throws {
    let race = try await LinkRace(try await TrashDatabase(), cleaning: cleaning)
    var tally = LinkTally()
    for round in 0..<4 {
      let files = try await race.database.makeFiles(25, in: "\(round)", withObjects: false)
      tally.add(try await race.meet(at: interleaving, files))
    }
    #expect(tally.acknowledged.count == 100 && tally.cleanFailures == [:])
    #expect(try await race.lost(tally) == 100)
  }
}
