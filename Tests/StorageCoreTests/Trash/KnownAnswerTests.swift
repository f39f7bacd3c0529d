import TestSupport
import Testing

/// Five thousand rows of which is known what each is: the first part of a path says it.
@Suite(.standIn(per: .test), .timeLimit(.minutes(3))) struct KnownAnswerTests {
  /// Values of `expires_at` that name no moment.
  private static let garbage = [
    #""now""#, #""infinity""#, #""-infinity""#, #""2020-01-01T00:00:00""#, #""2020-13-01T00:00:00Z""#, #""soon""#,
    #""""#,
    "1577836800", "null", #"{"at":"2020-01-01T00:00:00Z"}"#,
  ]
  private static let expired = [
    #""2020-01-01T00:00:00Z""#, #""2020-01-01 00:00:00.123456+05:30""#, #""2020-01-01T00:00-08""#,
    #""2020-02-29T23:59:59.9+0000""#,
  ]
  private static let marker = #"{"supastore":"00000000-0000-8000-8000-000000000001","sha256":"ab"}"#

  private func fill(_ database: TrashDatabase) async throws {
    try await database.makeFiles(1200, in: "linked")
    try await database.makeFiles(900, in: "orphan", metadata: #"{"sha256":"ab","n":1.50}"#)
    try await database.makeFiles(500, in: "young", age: "6 days")
    for (number, metadata) in ["null", "[]", #"["expires_at","bucket"]"#, "5", #""text""#].enumerated() {
      try await database.makeFiles(100, in: "orphan/foreign\(number)", metadata: metadata)
    }
    for (number, value) in Self.expired.enumerated() {
      try await database.makeFiles(100, in: "expired/\(number)", metadata: #"{"expires_at":\#(value)}"#)
    }
    for (number, value) in Self.garbage.enumerated() {
      try await database.makeFiles(100, in: "linked/garbage\(number)", metadata: #"{"expires_at":\#(value)}"#)
    }
    try await database.makeFiles(200, in: "linked/later", metadata: #"{"expires_at":"2999-01-01T00:00:00Z"}"#)
    try await database.makeFiles(300, in: "missing", withObjects: false)
    // Objects that no row describes.
    try await database.makeObjects(300, in: "object", marker: Self.marker, byteCount: 7)
    try await database.makeObjects(100, in: "object/generated", bucket: "generated-files", marker: Self.marker)
    try await database.makeObjects(50, in: "others/young", age: "6 days", marker: Self.marker)
    try await database.makeObjects(50, in: "others/bucket", bucket: "avatars", marker: Self.marker)
    let foreign: [String?] = [
      nil, "null", "[]", #"["supastore"]"#, #""supastore""#, "7", #"{"supastore":null}"#, #"{"supastore":"yes"}"#, "{}",
    ]
    for (number, marker) in foreign.enumerated() {
      try await database.makeObjects(20, in: "others/\(number)", marker: marker)
    }
    let conversations = [try await database.makeConversation("c"), try await database.makeConversation("d")]
    for (number, conversation) in conversations.enumerated() {
      try await database.owner.query(
        """
        insert into public.conversation_files (conversation_id, file_id, added_at)
          select $1, id, created_at + interval '1.000001 second' from public.files
          where (storage_path like 'linked/%' or storage_path like 'missing/%' or storage_path like 'expired/%')
            and ($2::integer = 0 or right(storage_path, 1) = '7')
        """, conversation, String(number))
    }
    #expect(try await database.count("public.files") == 5000)
  }

  private static let rules = ["orphan", "expired", "object", "missing"]

  /// The keys of a rule by the names that the objects and rows were given, with the bytes they have together.
  private func known(_ rule: String, _ database: TrashDatabase) async throws -> (keys: [String], byteCount: String) {
    let rows = try await database.owner.query(
      """
      select key, sum(bytes) over () from (
        select coalesce(f.storage_path, o.name) as key, coalesce((o.metadata ->> 'size')::integer, f.size_bytes) as bytes
          from public.files f full join storage.objects o on o.name = f.storage_path) named
        where key like $1 || '/%' order by key
      """, rule)
    return (rows.compactMap { $0[0] }, try #require(rows.first?[1] ?? nil))
  }

  @Test func `the survey and the pages of candidates have exactly what holds to each rule`() async throws {
    let database = try await TrashDatabase()
    try await fill(database)
    let session = try await database.session()
    for rule in Self.rules {
      let known = try await known(rule, database)
      #expect(known.keys.count == ["orphan": 1400, "expired": 400, "object": 400, "missing": 300][rule])
      let survey = try await session.query(
        """
        select s #>> array['rules', $1, 'count'], s #>> array['rules', $1, 'size_bytes'], s ->> 'files'
          from public.supastore_survey('7 days', '30 days') s
        """, rule)
      #expect(survey == [[String(known.keys.count), known.byteCount, "5000"]])
      var found: [String] = []
      var place: [String?] = [nil, nil]
      while true {
        let page = try await session.query(
          """
          select e ->> 'key', e ->> 'bucket'
            from jsonb_array_elements(public.supastore_candidates($1, '7 days', $2, $3, 37)) with ordinality p (e, n)
            order by n
          """, with: [rule] + place)
        guard let last = page.last else { break }
        #expect(page.count <= 37)
        found += page.compactMap { $0[0] }
        place = last
      }
      #expect(found == known.keys, "\(rule)")
    }
  }

  /// Rows as JSON, in which the metadata null is that of JSON or of SQL: no one who reads them sees a difference.
  private static let contents = """
    select string_agg(row, E'\\n' order by row) from (
      select to_jsonb(f)::text from public.files f union all select l::text from public.conversation_files l) rows (row)
    """

  @Test func `what went into the trash comes back to the last byte`() async throws {
    let database = try await TrashDatabase()
    try await fill(database)
    let session = try await database.session()
    let before = try await database.value(Self.contents)
    let calls = [
      ("supastore_trash_orphans(array(select id from public.files), '7 days', $1)", 1400),
      ("supastore_trash_expired(array(select id from public.files), $1)", 400),
      ("supastore_trash_files(array(select id from public.files where storage_path like '%7'), null, $1)", 320),
    ]
    var trashed = 0
    for (number, (call, count)) in calls.enumerated() {
      let moved = try await session.keys(call, run(number + 1))
      #expect(moved.count == count, "\(call)")
      trashed += moved.count
    }
    #expect(try await database.count("public.files") == 5000 - trashed)
    #expect(try await database.count("public.supastore_trash") == trashed)
    let results = try await session.query(
      """
      select r ->> 'result', count(*) from jsonb_array_elements(public.supastore_restore(
        (select jsonb_agg(jsonb_build_object('bucket', bucket, 'key', key)) from public.supastore_trash), $1)) r group by 1
      """, run(9))
    #expect(results == [["restored", String(trashed)]])
    #expect(try await database.value(Self.contents) == before)
    #expect(try await database.count("public.supastore_trash") == 0)
  }
}
