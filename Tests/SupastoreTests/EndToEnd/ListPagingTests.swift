import TestSupport
import Testing

/// Page after page, every row comes once.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ListPagingTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  /// Names of one page, and the cursor of the next.
  private func page(_ arguments: [String], after cursor: String?) async throws -> (names: [String], next: String?) {
    let run = try await supastore.run(["list", "--json"] + arguments + (cursor.map { ["--cursor", $0] } ?? []))
    try #require(run.exitStatus == 0, "\(run.errors)")
    return (
      try run.documents("file").map { $0["original_name"]?.string ?? "" },
      try #require(try run.documents.last)["next"]?.string
    )
  }

  /// Rows with equal times, sizes and names, and some without a time or a size.
  private func insertFiles() throws {
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, size_bytes, created_at)
      select 'p' || n, 'same', case when n % 10 > 1 then n % 4 end,
        case when n % 10 <> 0 then timestamptz '2025-01-01 00:00:00.123456+00' + (n % 5) * interval '1 us' end
      from generate_series(1, 60) n
      """)
    try supastore.project.query("update files set original_name = 'n' || substr(storage_path, 2)")
  }

  @Test(arguments: [
    ("newest", "created_at desc nulls last, id desc"), ("oldest", "created_at asc nulls last, id asc"),
    ("name", "original_name asc, id asc"), ("largest", "size_bytes desc nulls last, id asc"),
    ("smallest", "size_bytes asc nulls last, id asc"), ("path", "storage_path asc"), ("id", "id asc"),
  ])
  func `small pages give the whole order, rows without a value last`(_ order: String, _ sql: String) async throws {
    try insertFiles()
    let expected = try supastore.project.query("select original_name from files order by \(sql)").map { $0[0] ?? "" }
    var (names, cursor): ([String], String?) = ([], nil)
    repeat {
      let page = try await page(["--sort", order, "--limit", "7"], after: cursor)
      names += page.names
      cursor = page.next
    } while cursor != nil
    #expect(names == expected)
    #expect(try await page(["--sort", order, "--all"], after: nil).names == expected)
    // A page that ends with the last row has no next one.
    #expect(try await page(["--sort", order, "--limit", "60"], after: nil).next == nil)
  }

  @Test(arguments: ["newest", "oldest", "name", "largest", "path"])
  func `what others store and delete between pages repeats and hides nothing`(_ order: String) async throws {
    try insertFiles()
    let kept = try Set(
      supastore.project.query("select original_name from files where storage_path like '%1' or size_bytes is null")
        .map { $0[0] ?? "" })
    var (names, cursor, round): ([String], String?, Int) = ([], nil, 0)
    repeat {
      let page = try await page(["--sort", order, "--limit", "8"], after: cursor)
      names += page.names
      cursor = page.next
      round += 1
      // At both ends of every order, and beside the row where the page ended; that row itself goes.
      try supastore.project.query(
        """
        insert into files (storage_path, original_name, size_bytes, created_at)
        select x || f.storage_path || '-\(round)', x || f.original_name || '-\(round)', f.size_bytes, f.created_at
        from files f, unnest(array['', '0', 'z']) x where f.original_name in ($1, $2) and f.original_name not like '%-%'
        """, page.names.last, page.names.first)
      try supastore.project.query(
        "delete from files where original_name = $1 and not (storage_path like '%1' or size_bytes is null)",
        page.names.last)
      try #require(round < 100)
    } while cursor != nil
    #expect(names.count == Set(names).count)
    #expect(kept.isSubset(of: names), "\(kept.subtracting(names))")
  }

  @Test func `a list goes on past the page of the service`() async throws {
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, created_at)
      select 'p' || n, 'n' || n, timestamptz '2025-01-01' + (n / 7) * interval '1 s' from generate_series(1, 2345) n
      """)
    let names = try await page(["--all"], after: nil).names
    #expect(names.count == 2345 && Set(names).count == 2345)
    let (some, next) = try await page(["--limit", "1500"], after: nil)
    #expect(some == Array(names.prefix(1500)))
    #expect(try await page(["--limit", "1500"], after: next).names == Array(names.dropFirst(1500)))
  }

  @Test func `a cursor goes on in its own order only, and a damaged one is refused`() async throws {
    try insertFiles()
    let cursor = try #require(try await page(["--limit", "5"], after: nil).next)
    for arguments in [
      ["list", "--cursor", cursor, "--sort", "oldest"], ["conversation", "list", "--cursor", cursor],
      ["list", "--cursor", String(cursor.dropLast())], ["list", "--cursor", String(cursor.dropFirst())],
      ["list", "--cursor", cursor + "A"], ["list", "--cursor", cursor.replacing("M", with: "N")],
    ] {
      let run = try await supastore.run(arguments)
      #expect(run.exitStatus == 2 && run.output == "", "\(arguments)")
    }
    #expect(try await page(["--limit", "5"], after: cursor).names.count == 5)
  }
}
