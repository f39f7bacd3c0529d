import TestSupport
import Testing

/// A link that was acknowledged is never lost to a cleaner: 21,000 files that are cleaned while others link them.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct LinkRaceTests {
  /// 9,000 of them; in a third the cleaner runs at READ COMMITTED, in the others it has to refuse.
  @Test(arguments: Interleaving.allCases)
  func `no link is lost where the two meet`(_ interleaving: Interleaving) async throws {
    let race = try await LinkRace(try await TrashDatabase())
    var tally = LinkTally()
    for (index, linkerIsolation) in Isolation.allCases.enumerated() {
      for cleanerIsolation in Isolation.allCases {
        var met = LinkTally()
        for round in 0..<10 {
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
            #expect(met.linkFailures == (interleaving == .cleanerIsOpen ? ["23503": 10] : [:]))
          }
        } else {
          #expect(met.cleanFailures == ["SS002": 10])
        }
        #expect(Set(met.linkFailures.keys).isSubset(of: ["23503", "40001"]))
        tally.add(met)
      }
    }
    #expect(tally.trials == 2250)
    #expect(tally.acknowledged.isDisjoint(with: tally.removed))
    #expect(try await race.lost(tally) == 0)
  }

  /// The other 12,000. Each linker takes about half of the files, so some are nobody's.
  @Test func `no link is lost in any order that comes about`() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    let race = try await RandomLinkRace(try await TrashDatabase(), seed: seed)
    let tally = try await race.run(rounds: 300, filesPerRound: 40)
    let story: Comment = "seed \(seed)"
    #expect(tally.trials == 12_000, story)
    #expect(tally.acknowledged.isDisjoint(with: tally.removed), story)
    #expect(try await race.lost(tally) == 0, story)
    #expect(tally.acknowledged.count > 100 && tally.removed.count > 100, story)
    #expect(tally.linkFailures["23503", default: 0] > 100, story)
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
