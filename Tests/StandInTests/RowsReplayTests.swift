import FoundationEssentials
import TestSupport
import Testing

private let recordings = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recordings/postgrest")
private let schemaFile = recordings.appending(path: "schema-and-seed.sql").path()

/// Holds the rows to what PostgREST 14.17 answered.
@Suite(.standIn(schemaFile: schemaFile)) struct RowsReplayTests {
  @Test func `rows are answered as PostgREST answered them`() async throws {
    let text = try String(contentsOf: recordings.appending(path: "postgrest-14.17-base.jsonl"), encoding: .utf8)
    let exchanges = try text.split(separator: "\n").map {
      try JSONDecoder().decode(RowsExchange.self, from: Data($0.utf8))
    }
    #expect(exchanges.count == 152)
    let seed = try String(contentsOf: URL(filePath: schemaFile), encoding: .utf8)
    let project = try StandInInstance.current
    let differences = try await onOwnThread {
      try RowsReplay(project: project, schemaAndSeed: seed).differences(from: exchanges)
    }
    for difference in differences {
      Issue.record("\(difference.exchange)\n  \(difference.details.joined(separator: "\n  "))")
    }
  }
}
