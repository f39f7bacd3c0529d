import TestSupport
import Testing

/// Which files `list` finds.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ListFilterTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  /// The names found, in order.
  private func names(_ arguments: [String]) async throws -> [String] {
    let run = try await supastore.run(["list", "--json", "--all"] + arguments)
    try #require(run.exitStatus == 0, "\(run.errors)")
    let names = try run.documents("file").map { $0["original_name"]?.string ?? "" }
    let counted = try await supastore.run(["list", "--count"] + arguments)
    #expect(counted.output == "\(names.count)\n")
    return names
  }

  private func names(_ arguments: String...) async throws -> [String] { try await names(arguments) }

  private func insert(names: [String]) throws {
    for (index, name) in names.enumerated() {
      try supastore.project.query(
        "insert into files (storage_path, original_name) values ($1, $2)", "p\(index)", name)
    }
  }

  static let difficult = [
    "100%", "a_b", "axb", "star*", "back\\slash", "quote\"d", "it's", "comma,s", "(round)", "{curly}", "[square]",
    "semi;colon", "plus+plus", "and&and", "hash#", "q?m", "dot.", "col:on", "Grüße 文件 🙂", "null", "in.(x)", " ",
  ]

  @Test(arguments: difficult)
  func `what is searched for means itself`(_ name: String) async throws {
    try insert(names: Self.difficult.map { "<\($0)>" })
    let found = try await names("--search", name)
    #expect(found.contains("<\(name)>"))
    #expect(Set(found) == Set(Self.difficult.map { "<\($0)>" }.filter { $0.contains(name) }))
    #expect(try await names("--name", "<\(name)>") == ["<\(name)>"])
  }

  @Test func `no character is a wildcard, and case does not count`() async throws {
    try insert(names: ["Report 1.PDF", "report 2.pdf", "other", "RePoRt_3"])
    #expect(try await names("--search", "REPORT", "--sort", "path") == ["Report 1.PDF", "report 2.pdf", "RePoRt_3"])
    for wildcard in ["%", "*", "_.", "r%t", "r*t", "R_port", ".*", "^"] {
      #expect(try await names("--search", wildcard).isEmpty, "\(wildcard)")
    }
    #expect(try await names("--search", "_") == ["RePoRt_3"])
    #expect(try await names("--name", "report 1.pdf").isEmpty)
  }

  @Test func `each filter takes what it says`() async throws {
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, mime_type, size_bytes, file_type, created_at) values
      ('uploads/a_b/1', 'one', 'image/png', 1023, 'user_upload', '2025-01-01 00:00:00+00'),
      ('uploads/axb/2', 'two', 'image/jpeg', 1024, 'user_upload', '2025-01-02 00:00:00.000001+00'),
      ('generated/3', 'three', 'text/plain', 1025, 'generated', '2025-01-03 00:00:00+00'),
      ('cache/4', 'four', 'imagery/x', null, 'cache', now() - interval '2 days'),
      ('cache/5', 'five', null, 2147483647, 'cache', null)
      """)
    let expected: [([String], Set<String>)] = [
      (["--type", "cache"], ["four", "five"]), (["--name", "two"], ["two"]), (["--prefix", "uploads/a_b"], ["one"]),
      (["--prefix", "uploads"], ["one", "two"]), (["--prefix", "%"], []), (["--mime", "image/png"], ["one"]),
      (["--mime", "image/*"], ["one", "two"]), (["--min-size", "1KiB"], ["two", "three", "five"]),
      (["--max-size", "1KiB"], ["one", "two"]), (["--min-size", "1024", "--max-size", "1024"], ["two"]),
      (["--max-size", "1TiB"], ["one", "two", "three", "five"]), (["--min-size", "1TiB"], []),
      (["--since", "2025-01-02"], ["two", "three", "four"]), (["--until", "2025-01-02"], ["one"]),
      (["--since", "2025-01-02T02:00:00.000001+02:00", "--until", "2025-01-03T00:00:00Z"], ["two"]),
      (["--since", "3d"], ["four"]), (["--since", "47h"], []), (["--until", "1h"], ["one", "two", "three", "four"]),
    ]
    for (arguments, found) in expected { #expect(try await Set(names(arguments)) == found, "\(arguments)") }
  }

  @Test func `filters combine, the conversation too`() async throws {
    try supastore.project.query(
      """
      insert into conversations (continuation_id) values ('c1'), ('c2'), ('none');
      """)
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, mime_type, size_bytes, file_type, created_at)
      select 'cache/' || n, case n % 2 when 0 then 'Report ' else 'chart ' end || n,
        case n % 3 when 0 then 'text/csv' else 'image/png' end, n, case n % 5 when 0 then 'cache' else 'generated' end::file_type,
        timestamptz '2025-01-01' + n * interval '1 minute' from generate_series(1, 2500) n
      """)
    try supastore.project.query(
      """
      insert into conversation_files (conversation_id, file_id)
      select c.id, f.id from conversations c, files f
      where c.continuation_id = 'c1' and f.size_bytes % 7 = 0 or c.continuation_id = 'c2'
      """)
    let wanted = stride(from: 420, through: 2000, by: 210).map { "Report \($0)" }
    #expect(
      try await names(
        "--conversation", "c1", "--search", "report", "--type", "cache", "--prefix", "cache/", "--mime", "text/*",
        "--since", "2025-01-01T03:00:00Z", "--until", "2025-01-03", "--min-size", "300", "--max-size", "2000", "--sort",
        "smallest") == wanted)
    let uuid = try #require(
      try supastore.project.query("select id from conversations where continuation_id = 'c1'")[0][0])
    #expect(try await names("--conversation", uuid).count == 2500 / 7)
    #expect(try await names("--conversation", "c2").count == 2500)
    #expect(try await names("--conversation", "none").isEmpty)
  }
}
