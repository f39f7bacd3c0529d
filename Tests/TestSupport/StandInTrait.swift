package import Testing

extension Trait where Self == StandInTrait {
  /// Gives the suite, or the single test, a Supabase project of its own: `try StandInInstance.current`.
  package static var standIn: Self { StandInTrait() }

  /// - Parameters:
  ///   - scope: what has a project of its own. `.test` costs a tenth of a second each.
  ///   - ownsCluster: PostgreSQL can be stopped; costs three seconds.
  ///   - schemaFile: makes the tables in place of Phase 1; has a PostgreSQL of its own.
  package static func standIn(
    per scope: StandInTrait.Scope = .suite, etags: StandInInstance.ETags = .md5, ownsCluster: Bool = false,
    schemaFile: String? = nil
  ) -> Self {
    StandInTrait(scope: scope, etags: etags, ownsCluster: ownsCluster || schemaFile != nil, schemaFile: schemaFile)
  }
}

package struct StandInTrait: SuiteTrait, TestTrait, TestScoping {
  package enum Scope: Sendable {
    case suite, test
  }

  var scope = Scope.suite
  var etags = StandInInstance.ETags.md5
  var ownsCluster = false
  var schemaFile: String?

  /// Each test's project has threads, connections and programs of its own: all at once would starve each other.
  private static let gate = Gate(places: 4)

  package var isRecursive: Bool { scope == .test }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    if scope == .test, test.isSuite {
      try await function()
      return
    }
    if scope == .test { await Self.gate.enter() }
    defer { if scope == .test { Self.gate.leave() } }
    let instance = try await onOwnThread {
      try StandInInstance.start(etags: etags, ownsCluster: ownsCluster, schemaFile: schemaFile)
    }
    defer { instance.stop() }
    try await StandInInstance.$inScope.withValue(instance) { try await function() }
  }
}
