package import Testing

extension Trait where Self == StandInTrait {
  /// Gives the suite, or the single test, a Supabase project of its own: `try StandInInstance.current`.
  package static var standIn: Self { StandInTrait() }

  /// - Parameters:
  ///   - scope: what has a project of its own. `.test` costs a tenth of a second each.
  ///   - maxRows: the most rows that an answer holds.
  ///   - ownsCluster: PostgreSQL can be stopped; costs three seconds.
  ///   - schemaFile: makes the tables in place of Phase 1; has a PostgreSQL of its own.
  package static func standIn(
    per scope: StandInTrait.Scope = .suite, etags: StandInInstance.ETags = .md5, maxRows: Int = 1000,
    ownsCluster: Bool = false, schemaFile: String? = nil
  ) -> Self {
    StandInTrait(
      scope: scope, etags: etags, maxRows: maxRows, ownsCluster: ownsCluster || schemaFile != nil,
      schemaFile: schemaFile)
  }
}

package struct StandInTrait: SuiteTrait, TestTrait, TestScoping {
  package enum Scope: Sendable {
    case suite, test
  }

  var scope = Scope.suite
  var etags = StandInInstance.ETags.md5
  var maxRows = 1000
  var ownsCluster = false
  var schemaFile: String?

  package var isRecursive: Bool { scope == .test }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    if scope == .test, test.isSuite {
      try await function()
      return
    }
    // A suite may hold its project while its tests wait for theirs, so only tests take turns.
    guard scope == .test else { return try await provide(function) }
    await Self.turns.take()
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await provide(function))
    } catch {
      outcome = .failure(error)
    }
    await Self.turns.giveBack()
    try outcome.get()
  }

  /// Each project has its connections to the one PostgreSQL, and each test its share of few processors: hundreds at once
  /// would only run into each other's limits.
  private static let turns = Turns(6)

  private func provide(_ function: @Sendable () async throws -> Void) async throws {
    let instance = try await onOwnThread {
      try StandInInstance.start(
        etags: etags, maxRows: maxRows, ownsCluster: ownsCluster, schemaFile: schemaFile)
    }
    defer { instance.stop() }
    try await StandInInstance.$inScope.withValue(instance) { try await function() }
  }
}
