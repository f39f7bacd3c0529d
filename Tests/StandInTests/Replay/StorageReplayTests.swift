import FoundationEssentials
import TestSupport
import Testing

/// Holds the stand-in to what real servers answered, byte for byte where it counts.
@Suite(.standIn(per: .test)) struct StorageReplayTests {
  @Test(arguments: ["A", "B", "C", "D", "E", "F", "I"])
  func `Storage answers as the real server did`(_ recording: String) async throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../Recordings/storage/\(recording).jsonl")
    let lines = try RecordedLine.read(path.path())
    let project = try StandInInstance.current
    let differences = try await onOwnThread { try StorageReplay(project: project).differences(from: lines) }
    for difference in differences {
      Issue.record("\(recording) \(difference.line)\n  \(difference.details.joined(separator: "\n  "))")
    }
    #expect(lines.count > 30)
  }
}
