import TestSupport
import Testing

/// The most memory a command had at once, as the kernel counted it.
///
/// The kernel hands a parent's peak on to the programs it starts, so a small one in between does the starting.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct MemoryTests {
  private static let limit = 64 << 20
  private static let measure = """
    import os, sys
    child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
    _, status, usage = os.wait4(child, 0)
    print(usage.ru_maxrss * 1024, file=sys.stderr)
    sys.exit(os.waitstatus_to_exitcode(status))
    """

  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    tree = try TemporaryDirectory()
    supastore = try Supastore().with(["SUPASTORE_CACHE_DIR": tree["cache"]])
  }

  private func peakMemory(_ arguments: String..., input: [UInt8] = []) async throws -> Int {
    let command = try ["python3", "-c", Self.measure, Program.product("supastore")] + arguments
    let run = Run(try await Program.run(command, environment: supastore.environment, input: input))
    try #require(run.exitStatus == 0, "\(run.errors)")
    return try #require(run.errors.split(separator: "\n").last.flatMap { Int($0) })
  }

  @Test func `two thousand files take no more than a few`() async throws {
    try await supastore.setUp()
    for number in 0..<2000 { try tree.write("file \(number)".utf8, to: "root/d\(number % 10)/f\(number)") }
    let first = try await peakMemory("migrate", "--quiet", tree["root"])
    let second = try await peakMemory("migrate", "--quiet", tree["root"])
    #expect(try supastore.counts() == StoredCounts(each: 2000))
    #expect(first <= Self.limit && second <= Self.limit, "\(first) and \(second) bytes")
  }

  @Test func `a file of 50 MiB is never held whole`() async throws {
    try await supastore.setUp()
    try tree.write([UInt8](repeating: 5, count: 50 << 20), to: "root/large")
    let up = try await peakMemory("migrate", "--quiet", tree["root"])
    let path = try #require(try supastore.project.query("select storage_path from files")[0][0])
    let down = try await peakMemory("download", path, "-o", tree["copy"])
    let cached = try await peakMemory("download", path, "-o", tree["another"])
    #expect(max(up, down, cached) <= Self.limit, "\(up), \(down) and \(cached) bytes")
  }

  @Test func `a list of twenty thousand takes no more than one of two thousand`() async throws {
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, metadata)
      select 'uploads/x/' || n, 'n' || n, jsonb_build_object('sha256', repeat('a', 64), 'note', repeat('b', 200))
      from generate_series(1, 20000) n
      """)
    let few = try await peakMemory("list", "--json", "--limit", "2000")
    let many = try await peakMemory("list", "--json", "--all")
    #expect(many <= Self.limit && many <= few + (8 << 20), "\(few) and \(many) bytes")
  }

  @Test func `comparing twenty thousand takes no more than comparing two thousand`() async throws {
    let fixture = try VerifyFixture()
    try await fixture.fill(2000)
    let few = try await peakMemory("verify", "--quiet")
    try supastore.project.reset()
    try await fixture.fill(20_000)
    let many = try await peakMemory("verify", "--quiet")
    #expect(many <= Self.limit && many <= few + (8 << 20), "\(few) and \(many) bytes")
  }

  @Test func `an upload of 50 MiB is never held whole, nor is standard input`() async throws {
    try await supastore.setUp()
    let content = [UInt8](repeating: 6, count: 50 << 20)
    let path = try tree.write(content, to: "large")
    let file = try await peakMemory("upload", "--quiet", path)
    let input = try await peakMemory("upload", "--quiet", "-", "--name", "input", input: content)
    #expect(try supastore.counts().objects == 2)
    #expect(file <= Self.limit && input <= Self.limit, "\(file) and \(input) bytes")
  }
}
