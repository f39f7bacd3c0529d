import CurlHTTP
import StorageFormats
import Testing

@testable import SupabaseClient

/// Requests as they are sent and answers in the shapes the server has.
@Suite struct RowsCallTests {
  struct File: Codable, Equatable, Sendable {
    var id: String
    var byteCount: Int64?

    private enum CodingKeys: String, CodingKey {
      case id
      case byteCount = "size_bytes"
    }
  }

  private let rows: RowsClient

  init() throws {
    rows = RowsClient(try Fixture.project())
  }

  private func batch() -> RowBatch {
    var batch = RowBatch(columns: ["id", "storage_path"])
    batch.append { row in
      row.key("id")
      row.value("f1")
      row.key("storage_path")
      row.value("a/b.txt")
    }
    batch.append { row in
      row.key("id")
      row.value("f2")
    }
    return batch
  }

  @Test func `a page names columns, order and limit, and is counted when asked`() throws {
    let call = try rows.select(
      ["id", .json("metadata", "sha256")], from: "files", where: [.gt("size_bytes", "5"), .lt("size_bytes", "20")],
      order: [.descending("created_at"), .ascending("id")], limit: 50, counting: true, as: File.self)
    #expect(
      call.request.target
        == "/files?select=id%2Cmetadata-%3E%3Esha256&size_bytes=gt.5&size_bytes=lt.20"
        + "&order=created_at.desc.nullslast%2Cid.asc.nullslast&limit=50")
    #expect(call.request.header("Prefer") == "count=exact")
    #expect(call.request.header("Accept") == "application/json")
    let page = try call.answer(
      from: Fixture.reply(206, #"[{"id":"f1","size_bytes":9007199254740993}]"#, ["content-range": "0-0/4"]))
    #expect(page.rows == [File(id: "f1", byteCount: 9_007_199_254_740_993)])
    #expect(page.total == 4)
    #expect(throws: ServiceError.self) { try call.answer(from: Fixture.reply(200, "[]")) }
  }

  @Test func `a count fetches nothing`() throws {
    let call = try rows.count("files", where: [.isNull("mime_type")])
    #expect(call.request.method == .head)
    #expect(call.request.target == "/files?mime_type=is.null&limit=0")
    #expect(try call.answer(from: Fixture.reply(206, "", ["Content-Range": "*/4"])) == 4)
    #expect(throws: ServiceError.self) { try call.answer(from: Fixture.reply(200, "", ["Content-Range": "*/*"])) }
  }

  @Test func `a junction joins, shows the links it joined by, and its own column says which links count`() throws {
    let junction = Junction("conversation_files", where: "conversation_id", is: "c,1")
    let call = try rows.select(
      ["id", "title"], from: "files", where: [.eq("file_type", "cache")], linkedBy: junction, order: [.ascending("id")],
      limit: 5, as: File.self)
    #expect(
      call.request.target
        == "/files?select=id%2Ctitle%2Cconversation_files%21inner%28conversation_id%29&file_type=eq.cache"
        + "&conversation_files.conversation_id=eq.c%2C1&order=id.asc.nullslast&limit=5")
    #expect(
      try rows.count("files", linkedBy: junction).request.target
        == "/files?select=%2A%2Cconversation_files%21inner%28conversation_id%29&conversation_files.conversation_id=eq.c%2C1&limit=0"
    )
    for flawed in [Junction("a.b", where: "id", is: "1"), Junction("a", where: "b.id", is: "1")] {
      #expect(throws: ServiceError.self) { try rows.count("files", linkedBy: flawed) }
    }
  }

  @Test func `a batch is one array, with the columns named and their defaults kept`() throws {
    let call = try rows.insert(batch(), into: "files")
    #expect(call.request.method == .post)
    #expect(call.request.target == "/files?columns=id%2Cstorage_path")
    #expect(call.request.header("Prefer") == "missing=default, return=minimal")
    #expect(call.request.header("Content-Type") == "application/json")
    #expect(call.request.bodyText == #"[{"id":"f1","storage_path":"a/b.txt"},{"id":"f2"}]"#)
    #expect(batch().byteCount == call.request.bodyText?.utf8.count)
    let encoded = try RowBatch(columns: ["id"], encoding: [File(id: "f1"), File(id: "f2")])
    #expect(try rows.insert(encoded, into: "files").request.bodyText == #"[{"id":"f1"},{"id":"f2"}]"#)
    #expect(encoded.rowCount == 2)
  }

  @Test func `an upsert names its target and its resolution together`() throws {
    let rule = ConflictRule(on: ["storage_path"], .ignore)
    let call = try rows.insert(batch(), into: "files", onConflict: rule, returning: ["id"], as: File.self)
    #expect(call.request.target == "/files?columns=id%2Cstorage_path&on_conflict=storage_path&select=id")
    #expect(
      call.request.header("Prefer") == "missing=default, return=representation, resolution=ignore-duplicates")
    #expect(try call.answer(from: Fixture.reply(201, #"[{"id":"f1"}]"#)) == [File(id: "f1")])
    let junction = ConflictRule(on: ["conversation_id", "file_id"], .merge)
    let merge = try rows.insert(batch(), into: "conversation_files", onConflict: junction)
    #expect(merge.request.parameter("on_conflict") == "conversation_id%2Cfile_id")
    #expect(merge.request.header("Prefer")?.contains("resolution=merge-duplicates") == true)
  }

  @Test func `only PostgREST's own word counts as a write done`() throws {
    let call = try rows.insert(batch(), into: "files")
    try call.answer(from: Fixture.reply(201, "", ["Preference-Applied": "missing=default, return=minimal"]))
    for reply in [
      Fixture.reply(200), Fixture.reply(200, "<html>hello</html>", ["Preference-Applied": "return=minimal"]),
    ] {
      let error = #expect(throws: ServiceError.self) { try call.answer(from: reply) }
      #expect(error?.kind == .ambiguous)
    }
  }

  @Test func `an empty batch and a JSON key as column are not sent`() throws {
    #expect(throws: ServiceError.self) { try rows.insert(RowBatch(columns: ["id"]), into: "files") }
    var batch = RowBatch(columns: [.json("metadata", "a")])
    batch.append { _ in }
    #expect(throws: ServiceError.self) { try rows.insert(batch, into: "files") }
  }

  @Test(arguments: ["", "files/x", "rpc/f", "files?x", "a b", "täble"])
  func `what is no name of a table is not sent`(_ table: String) throws {
    #expect(throws: ServiceError.self) { try rows.count(table) }
  }

  @Test func `an update counts its rows and holds the server to the limit`() throws {
    let call = try rows.update("files", where: ChangeFilters(.eq("id", "f1")), atMost: 1) { row in
      row.key("mime_type")
      row.null()
    }
    #expect(call.request.method == .patch)
    #expect(call.request.target == "/files?id=eq.f1")
    #expect(call.request.bodyText == #"{"mime_type":null}"#)
    #expect(call.request.header("Prefer") == "return=minimal, count=exact, handling=strict, max-affected=1")
    let echo = "return=minimal, count=exact, handling=strict, max-affected=1"
    #expect(try call.answer(from: Fixture.reply(204, "", ["Content-Range": "0-0/1", "Preference-Applied": echo])) == 1)
    #expect(try call.answer(from: Fixture.reply(204, "", ["Content-Range": "*/0", "Preference-Applied": echo])) == 0)
    for old in ["return=minimal, count=exact", "return=minimal, count=exact, handling=strict, max-affected=10"] {
      let error = #expect(throws: ServiceError.self) {
        try call.answer(from: Fixture.reply(204, "", ["Content-Range": "0-0/1", "Preference-Applied": old]))
      }
      #expect(error?.code == "guard_not_applied")
    }
    #expect(throws: ServiceError.self) { try rows.update("files", where: ChangeFilters(.eq("id", "f1"))) { _ in } }
  }

  @Test func `a delete counts its rows or returns them`() throws {
    let filters = ChangeFilters(.isOneOf("id", ["f1", "f2"]), .isNull("mime_type"))
    let call = try rows.delete(from: "files", where: filters)
    #expect(call.request.target == "/files?id=in.%28%22f1%22%2C%22f2%22%29&mime_type=is.null")
    #expect(call.request.header("Prefer") == "return=minimal, count=exact")
    let reply = Fixture.reply(204, "", ["Content-Range": "*/2", "Preference-Applied": "return=minimal, count=exact"])
    #expect(try call.answer(from: reply) == 2)
    let returning = try rows.delete(from: "files", where: filters, returning: ["id"], as: File.self)
    #expect(try returning.answer(from: Fixture.reply(200, #"[{"id":"f1"}]"#)) == [File(id: "f1")])
  }

  @Test func `a function takes named arguments and returns a value, rows or nothing`() throws {
    let call = try rows.function("add_them", .reads, as: Int.self) { arguments in
      arguments.key("a")
      arguments.value(1)
    }
    #expect(call.request.target == "/rpc/add_them")
    #expect(call.request.bodyText == #"{"a":1}"#)
    #expect(try call.answer(from: Fixture.reply(200, "3")) == 3)
    let files = try rows.function("files_by_ids", .reads, as: [File].self)
    #expect(try files.answer(from: Fixture.reply(200, #"[{"id":"f1","size_bytes":null}]"#)) == [File(id: "f1")])
    let nothing = try rows.function("purge", .writes)
    #expect(nothing.request.bodyText == "{}")
    try nothing.answer(from: Fixture.reply(204))
  }
}
