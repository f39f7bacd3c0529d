import FoundationEssentials
import Testing

/// docs/guide-coverage.md leaves no line of the guide out and names only tests that exist.
@Suite struct GuideCoverageTests {
  private struct Row {
    let line: String
    let cell: String

    /// The tests it names, each as suite and test.
    var tests: [[String]] {
      cell.split(separator: "`, `").map { named in
        String(named).split(separator: "` · `").map { $0.filter { $0 != "`" } }
      }
    }
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func rows() throws -> [Row] {
    let page = try String(contentsOf: Self.root.appending(path: "docs/guide-coverage.md"), encoding: .utf8)
    return page.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }.compactMap { line in
      let cells = line.dropFirst(2).dropLast(2).split(separator: " | ").map(String.init)
      return cells.count == 2 && cells[0] != "the guide" ? Row(line: cells[0], cell: cells[1]) : nil
    }
  }

  /// The sources of all tests.
  private func sources() throws -> [String] {
    let tests = Self.root.appending(path: "Tests").path()
    return try FileManager.default.subpathsOfDirectory(atPath: tests).filter { $0.hasSuffix(".swift") }.map {
      try String(contentsOfFile: "\(tests)/\($0)", encoding: .utf8)
    }
  }

  @Test func `every test that is named exists in its suite`() throws {
    let sources = try sources()
    for row in try rows() where !row.cell.hasPrefix("Missing: ") {
      #expect(!row.tests.isEmpty, "\(row.line)")
      for test in row.tests {
        let exists = sources.contains { source in
          test.count == 2 && source.contains("func `\(test[1])`(")
            && (source.contains("struct \(test[0]) {") || source.contains("extension \(test[0]) {"))
        }
        #expect(exists, "\(row.line): \(test)")
      }
    }
  }

  @Test func `every line of the guide has its row`() throws {
    let lines = [
      "❌ SUPABASE_SERVICE_ROLE_KEY: MISSING", "Get from: …/settings/api",
      "Add service role key to .env file and rerun test", "❌ Database connection failed: <error>",
      "Check SUPABASE_URL is correct", "Verify project is active in Supabase dashboard", "Check network connectivity",
      "❌ Table 'conversations' missing or inaccessible", "Rerun Phase 1 schema deployment",
      "Check Supabase dashboard SQL editor for errors",
      "Modify file upload handlers to use Supabase", "Add fallback to local storage",
      "Test file upload with various file types", "Verify file metadata stored correctly",
      "Modify file download handlers to use Supabase", "Add caching for frequently accessed files",
      "Test file download performance", "Verify file integrity after download",
      "Modify file listing to query Supabase", "Add pagination for large file lists",
      "Test file search functionality", "Verify file metadata display",
      "Implement file deletion from Supabase", "Add orphan file cleanup (files not linked to conversations)",
      "Add file expiration logic (optional)", "Test cleanup operations",
      "Delete conversation, verify file deleted (CASCADE)",
    ]
    #expect(try rows().map(\.line) == lines)
  }
}
