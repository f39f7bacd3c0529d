import CurlHTTP
import StorageFormats
import SupabaseClient
import TestSupport
import Testing

/// Every call to PostgREST over real sockets, into a real PostgreSQL.
@Suite(.standIn(per: .test)) struct LiveRowsTests {
  struct File: Codable, Equatable, Sendable {
    var id: String
    var path: String
    var name: String
    var byteCount: Int64?
    var metadata: JSONValue?

    enum CodingKeys: String, CodingKey {
      case id, metadata
      case path = "storage_path"
      case name = "original_name"
      case byteCount = "size_bytes"
    }
  }

  private static let columns: [Column] = ["id", "storage_path", "original_name", "size_bytes", "metadata"]

  private static func id(_ number: Int) -> String {
    "00000000-0000-4000-8000-\(String(1_000_000_000_000 + number).dropFirst())"
  }

  private func withRows(
    key: (StandInInstance) -> String = \.serviceKey, _ body: (RowsClient, HTTPClient) async throws -> Void
  ) async throws {
    let standIn = try StandInInstance.current
    let project = SupabaseProject(try ProjectAddress(standIn.url), key: try APIKey(key(standIn)))
    try await HTTPClient.withRunning(HTTPConfiguration()) { http in
      try await body(RowsClient(project), http)
    }
  }

  /// A batch of files with these original names; their ids count from 0.
  private func batch(_ names: [String]) -> RowBatch {
    var batch = RowBatch(columns: Self.columns)
    for (number, name) in names.enumerated() {
      batch.append { row in
        row.key("id")
        row.value(Self.id(number))
        row.key("storage_path")
        row.value("path-\(number)")
        row.key("original_name")
        row.value(name)
        row.key("size_bytes")
        row.value(number)
      }
    }
    return batch
  }

  @Test func `values of every sort are found alone, in a list and in a group`() async throws {
    let names = [
      "b,(1).txt", "a:b.c", "b \"q\".txt", "back\\slash", "100%_*", "a+b;c&d#e=f?g", " lead and trail ", "Grüße", "🙂",
      "null",
      "{a,b}", "\"quoted\"", "in.(x)", "", "tab\tline\n",
    ]
    try await withRows { rows, http in
      try await rows.insert(batch(names), into: "files").perform(on: http)
      for (number, name) in names.enumerated() {
        let filters: [Filter] = [
          .eq("original_name", name), .isOneOf("original_name", [name]), .isOneOf("original_name", [name, "none,)"]),
          .any([.eq("original_name", name), .eq("original_name", "none")]),
          .all([.isOneOf("original_name", [name]), .not(.isNull("id"))]),
          .all([
            .text("original_name", TextPattern(name, at: .start)), .text("original_name", TextPattern(name, at: .end)),
            .eq("size_bytes", "\(number)"),
          ]),
        ]
        for filter in filters {
          let page = try await rows.select(Self.columns, from: "files", where: [filter], as: File.self).perform(
            on: http)
          #expect(page.rows.map(\.name) == [name], "\(filter)")
        }
      }
    }
  }

  @Test func `a batch leaves defaults where a row says nothing, and is all or nothing`() async throws {
    try await withRows { rows, http in
      let stored = try await rows.insert(batch(["a", "b"]), into: "files", returning: Self.columns, as: File.self)
        .perform(on: http)
      #expect(stored.map(\.name) == ["a", "b"])
      #expect(stored.map(\.metadata) == [.object([:]), .object([:])])
      let error = await #expect(throws: ServiceError.self) {
        try await rows.insert(batch(["c", "d", "e"]), into: "files").perform(on: http)
      }
      #expect(error?.kind == .conflict)
      #expect(error?.code == "23505")
      #expect(try await rows.count("files").perform(on: http) == 2)
    }
  }

  @Test func `an upsert that ignores returns the new rows, one that merges changes the old`() async throws {
    try await withRows { rows, http in
      try await rows.insert(batch(["a"]), into: "files").perform(on: http)
      let ignore = ConflictRule(on: ["storage_path"], .ignore)
      let new = try await rows.insert(
        batch(["x", "b"]), into: "files", onConflict: ignore, returning: Self.columns, as: File.self
      ).perform(on: http)
      #expect(new.map(\.name) == ["b"])
      try await rows.insert(batch(["x", "y"]), into: "files", onConflict: ignore).perform(on: http)
      try await rows.insert(batch(["merged"]), into: "files", onConflict: ConflictRule(on: ["storage_path"], .merge))
        .perform(on: http)
      let page = try await rows.select(
        Self.columns, from: "files", order: [.ascending("id")], counting: true, as: File.self
      ).perform(on: http)
      #expect(page.rows.map(\.name) == ["merged", "b"])
      #expect(page.total == 2)
    }
  }

  @Test func `pages by key meet every row once`() async throws {
    try await withRows { rows, http in
      try await rows.insert(batch((0..<25).map { "n\($0 / 7)" }), into: "files").perform(on: http)
      let order: [RowOrder] = [.descending("original_name"), .ascending("id")]
      var found: [File] = []
      while true {
        let filters = found.last.map { [Filter.after([$0.name, $0.id], in: order)] } ?? []
        let page = try await rows.select(
          Self.columns, from: "files", where: filters, order: order, limit: 4, as: File.self
        ).perform(on: http)
        if page.rows.isEmpty { break }
        found += page.rows
      }
      #expect(found.count == 25)
      #expect(Set(found.map(\.id)).count == 25)
      #expect(found.map(\.name) == found.map(\.name).sorted(by: >))
    }
  }

  @Test func `changes count their rows and stop at their limit`() async throws {
    try await withRows { rows, http in
      try await rows.insert(batch(["a", "b", "c"]), into: "files").perform(on: http)
      let some = ChangeFilters(.isOneOf("original_name", ["a", "b"]))
      let tooMany = await #expect(throws: ServiceError.self) {
        try await rows.delete(from: "files", where: some, atMost: 1).perform(on: http)
      }
      #expect(tooMany?.kind == .limit)
      let changed = try await rows.update("files", where: some, atMost: 2) { row in
        row.key("metadata")
        JSONValue.object(["sha256": .string("aa"), "big": .integer(9_007_199_254_740_993)]).write(to: &row)
      }.perform(on: http)
      #expect(changed == 2)
      let page = try await rows.select(
        Self.columns, from: "files", where: [.eq(.json("metadata", "sha256"), "aa")], order: [.ascending("id")],
        as: File.self
      ).perform(on: http)
      #expect(page.rows.map(\.name) == ["a", "b"])
      #expect(page.rows.first?.metadata?["big"] == .integer(9_007_199_254_740_993))
      #expect(
        try await rows.count("files", where: [.contains("metadata", .object(["sha256": .string("aa")]))])
          .perform(on: http) == 2)
      let deleted = try await rows.delete(
        from: "files", where: ChangeFilters(.eq("original_name", "a")), atMost: 5, returning: Self.columns,
        as: File.self
      ).perform(on: http)
      #expect(deleted.map(\.name) == ["a"])
      #expect(try await rows.delete(from: "files", where: some).perform(on: http) == 1)
      #expect(try await rows.delete(from: "files", where: some).perform(on: http) == 0)
    }
  }

  @Test func `a link to a row that is gone is told from any other conflict`() async throws {
    try await withRows { rows, http in
      var links = RowBatch(columns: ["conversation_id", "file_id"])
      links.append { row in
        row.key("conversation_id")
        row.value(Self.id(1))
        row.key("file_id")
        row.value(Self.id(2))
      }
      let error = await #expect(throws: ServiceError.self) {
        try await rows.insert(links, into: "conversation_files").perform(on: http)
      }
      #expect(error?.kind == .conflict)
      #expect(error?.isForeignKeyViolation == true)
    }
  }

  @Test func `functions are called with their arguments`() async throws {
    try StandInInstance.current.query(
      "create function public.add_them(a int, b int) returns int language sql immutable as 'select a + b'")
    try StandInInstance.current.query("notify pgrst, 'reload schema'")
    try await withRows { rows, http in
      let sum = try rows.function("add_them", .reads, as: Int.self) { arguments in
        arguments.key("a")
        arguments.value(1)
        arguments.key("b")
        arguments.value(2)
      }
      #expect(try await sum.perform(on: http) == 3)
      let error = await #expect(throws: ServiceError.self) {
        try await rows.function("nosuch", .reads, as: Int.self).perform(on: http)
      }
      #expect(error?.kind == .setUp)
    }
  }

  @Test func `a missing table, a missing column and a wrong value are told apart`() async throws {
    try await withRows { rows, http in
      let table = await #expect(throws: ServiceError.self) { try await rows.count("nosuch").perform(on: http) }
      #expect(table?.kind == .setUp)
      #expect(table?.code == "PGRST205")
      let column = await #expect(throws: ServiceError.self) {
        try await rows.select(["nosuch"], from: "files", as: JSONValue.self).perform(on: http)
      }
      #expect(column?.code == "42703")
      let value = await #expect(throws: ServiceError.self) {
        try await rows.count("files", where: [.eq("id", "no uuid")]).perform(on: http)
      }
      #expect(value?.kind == .invalid)
      #expect(value?.code == "22P02")
    }
  }

  @Test func `both kinds of service key read, a forged one is denied`() async throws {
    for key: (StandInInstance) -> String in [\.serviceKey, \.secretKey] {
      try await withRows(key: key) { rows, http in
        let count = try await rows.count("files").perform(on: http)
        #expect(count == 0)
      }
    }
    let forged = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.AAAA"
    try await withRows(key: { _ in forged }) { rows, http in
      let error = await #expect(throws: ServiceError.self) { try await rows.count("files").perform(on: http) }
      #expect(error?.kind == .denied)
      #expect(error?.code == "PGRST301")
    }
  }
}
