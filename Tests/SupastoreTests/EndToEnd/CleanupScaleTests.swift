import TestSupport
import Testing

/// Thousands of rows of which it is known which ones nobody wants.
@Suite(.standIn(per: .test), .timeLimit(.minutes(10))) struct CleanupScaleTests {
  private let supastore: Supastore
  private static let limits = ["--max-delete", "5000", "--max-delete-percent", "100"]

  init() throws {
    supastore = try Supastore()
  }

  @Test func `of 5 000 rows exactly those go that should, and all come back as they were`() async throws {
    let tree = try TemporaryDirectory()
    for number in 0..<100 { try tree.write("content of file \(number)".utf8, to: "root/d\(number % 7)/f\(number)") }
    try await supastore.setUpTrash()
    #expect(try await supastore("migrate", tree["root"], "--conversation", "real").exitStatus == 0)
    try supastore.age(by: "8 days")
    try supastore.project.query("delete from conversation_files")
    let over = #"{"expires_at": "2020-01-01T00:00:00Z", "sha256": "ab", "note": "ü"}"#
    try supastore.seed(1900, "orphan", metadata: #"{"sha256": "ab", "tags": ["a", {"b": null}]}"#)
    try supastore.seed(100, "orphan and over", metadata: over)
    try supastore.seed(150, "over", linkedTo: ["c1", "c2"], metadata: over)
    try supastore.seed(50, "young and over", age: "1 hour", metadata: over)
    try supastore.seed(2000, "linked", linkedTo: ["c1"])
    try supastore.seed(400, "shared", linkedTo: ["c1", "c2", "c3"])
    try supastore.seed(300, "young", age: "6 days 23 hours")
    let before = try supastore.contents()
    #expect(before.rows.count == 5000 && before.links.count == 3500)

    let run = try await supastore.expectTrashed(2300, ["--expired"] + Self.limits)
    let classes = try run.documents("removal").reduce(into: [String: Int]()) { counts, removal in
      if removal["status"] == "trashed" { counts[removal["class"]?.string ?? "", default: 0] += 1 }
    }
    #expect(classes == ["orphan": 2100, "expired": 200])
    let left = try supastore.project.query(
      "select split_part(regexp_replace(storage_path, '-\\d+$', ''), '/', 3), count(*) from files group by 1 order by 1"
    )
    #expect(left == [["linked", "2000"], ["shared", "400"], ["young", "300"]])
    let trashed = try supastore.contents()
    #expect(trashed.links.count == 3200 && trashed.objects == before.objects && trashed.trash.count == 2300)
    #expect(trashed.conversations == before.conversations)

    let restore = try await supastore("trash", "restore", "--run", try run.id, "--json")
    #expect(restore.exitStatus == 0, "\(restore.errors)")
    let lines = try restore.documents("restoration")
    #expect(lines.count == 2300 && lines.allSatisfy { $0["status"] == "restored" && $0["has_object"] == true })
    #expect(try restore.documents.last?["restored"] == 2300)
    #expect(try supastore.contents() == before)

    try supastore.project.query(
      """
      insert into conversation_files (conversation_id, file_id) select c.id, f.id from conversations c, files f
      where c.continuation_id = 'real' and storage_path not like '%/seed/%'
      """)
    let download = try await supastore("download", "--conversation", "real", "-o", tree["copy"], "--json")
    #expect(download.exitStatus == 0, "\(download.errors)")
    for number in 0..<100 {
      let name = "d\(number % 7)/f\(number)"
      #expect(try tree.read("copy/\(name)") == tree.read("root/\(name)"))
    }
  }
}
