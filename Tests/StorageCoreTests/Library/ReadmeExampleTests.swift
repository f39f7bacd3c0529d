import FoundationEssentials
import StorageCore
import StorageModel
import TestSupport
import Testing

/// The example of README.md, which is ReadmeExample.swift.
@Suite(.standIn(per: .test)) struct ReadmeExampleTests {
  @Test func `the example does what it says`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let copies = try TemporaryDirectory()
    let report = try #require(LocalPath(fixture.tree.write("the report".utf8, to: "report.txt")))
    let environment = Environment(
      [
        "SUPABASE_URL": fixture.project.url, "SUPABASE_SERVICE_ROLE_KEY": fixture.project.serviceKey,
        "SUPASTORE_STATE_DIR": fixture.state.path,
      ].mapValues { Array($0.utf8) })
    for attempt in 1...2 {
      let into = try #require(LocalPath(copies["\(attempt)"]))
      try FileManager.default.createDirectory(atPath: copies["\(attempt)"], withIntermediateDirectories: false)
      let messages = try await share(report, copyingInto: into, environment)
      #expect(messages.count == 1)
      #expect(messages.first?.content.hasPrefix("report.txt is stored as uploads/7d3f/report.") == true)
      #expect(try copies.read("\(attempt)/report.txt") == Array("the report".utf8))
    }
    #expect(try fixture.counts() == [1, 1, 1])
  }

  @Test func `README holds exactly this example`() throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let example = try String(contentsOf: here.appending(path: "ReadmeExample.swift"), encoding: .utf8)
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let blocks = readme.split(separator: "```swift\n").dropFirst().map {
      $0.prefix(upTo: $0.firstRange(of: "```")?.lowerBound ?? $0.endIndex)
    }
    #expect(blocks.contains { $0 == example }, "copy Tests/StorageCoreTests/Library/ReadmeExample.swift into README.md")
  }
}
