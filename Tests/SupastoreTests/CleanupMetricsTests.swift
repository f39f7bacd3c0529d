import StorageModel
import Testing

@testable import SupastoreRendering
@testable import SupastoreShell

@Suite struct CleanupMetricsTests {
  private func text(_ path: String, _ status: SupastoreShell.ExitStatus, lastSuccess: Int64?) throws -> String {
    CleanupMetrics(
      applies: true, status: status, endedAt: try #require(Timestamp(microseconds: 1_800_000_000_500_000)),
      duration: .milliseconds(1500), summary: nil
    ).text(for: try #require(LocalPath(path)), lastSuccess: lastSuccess)
  }

  @Test func `every gauge is announced before it comes, and no number is made up`() throws {
    let text = try text("/a/b.prom", .unreachable, lastSuccess: 7)
    #expect(
      text.hasPrefix(
        """
        # HELP supastore_cleanup_last_run_timestamp_seconds When the last run ended.
        # TYPE supastore_cleanup_last_run_timestamp_seconds gauge
        supastore_cleanup_last_run_timestamp_seconds{file="b.prom"} 1800000000
        # HELP supastore_cleanup_last_success_timestamp_seconds When the last run with exit status 0 ended; \
        0 when there was none.
        # TYPE supastore_cleanup_last_success_timestamp_seconds gauge
        supastore_cleanup_last_success_timestamp_seconds{file="b.prom"} 7
        # HELP supastore_cleanup_duration_seconds How long the last run took.
        # TYPE supastore_cleanup_duration_seconds gauge
        supastore_cleanup_duration_seconds{file="b.prom"} 1.5

        """))
    #expect(text.hasSuffix("\n"))
    for name in ["found", "removals", "requests", "files", "links"] { #expect(!text.contains("cleanup_\(name)")) }
    var announced: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") {
        announced.insert(line.split(separator: " ")[2])
      } else if !line.hasPrefix("#") {
        #expect(announced.contains(line.prefix { $0 != "{" }), "\(line)")
      }
    }
  }

  @Test(arguments: [(nil, 0), (1_800_000_000, 1_800_000_000), (1_800_000_001, 0), (-1, 0)] as [(Int64?, Int64)])
  func `the last success is kept unless it cannot be`(_ old: Int64?, _ kept: Int64) throws {
    let text = try text("b.prom", .locked, lastSuccess: old)
    #expect(text.contains("_last_success_timestamp_seconds{file=\"b.prom\"} \(kept)\n"))
    #expect(Gauges.integer("supastore_cleanup_last_success_timestamp_seconds", in: Array(text.utf8)) == kept)
  }

  @Test func `a name cannot break the format`() throws {
    let text = try text("/x/a\"} 1\nb\\.prom", .done, lastSuccess: nil)
    #expect(text.contains("_exit_code{file=\"a\\\"} 1\\nb\\\\.prom\"} 0\n"))
    #expect(
      Gauges.integer("supastore_cleanup_last_success_timestamp_seconds", in: Array(text.utf8)) == 1_800_000_000)
  }
}
