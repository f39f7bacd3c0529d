import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SetupTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private func buckets() throws -> [[String?]] {
    try supastore.project.query("select id, public, file_size_limit, created_at from storage.buckets order by id desc")
  }

  @Test func `it makes two private buckets with the guide's limits, once`() async throws {
    let first = try await supastore("setup")
    #expect(first.exitStatus == 0 && first.errors == "")
    #expect(
      first.output == """
        bucket user-files: created, private, at most 50.0 MiB a file
        bucket generated-files: created, private, at most 10.0 MiB a file

        """)
    let made = try buckets()
    #expect(
      made.map { Array($0.prefix(3)) } == [["user-files", "f", "52428800"], ["generated-files", "f", "10485760"]])

    let second = try await supastore("setup")
    #expect(second.exitStatus == 0)
    #expect(second.output == first.output.replacing("created", with: "present"))
    #expect(try buckets() == made)
  }

  @Test func `checking makes nothing and ends with 8 until everything is there`() async throws {
    let missing = try await supastore("setup", "--check")
    #expect(missing.exitStatus == 8)
    #expect(
      missing.output == """
        bucket user-files: missing; it should be private, at most 50.0 MiB a file
        bucket generated-files: missing; it should be private, at most 10.0 MiB a file

        """)
    #expect(try buckets().isEmpty)
    try await supastore.setUp()
    #expect(try await supastore("setup", "--check").exitStatus == 0)
  }

  @Test func `a bucket that differs is shown and left alone`() async throws {
    try await supastore.setUp()
    try supastore.project.query(
      "update storage.buckets set public = true, file_size_limit = 1048576 where id = 'user-files'")
    let before = try buckets()
    let setup = try await supastore("setup")
    #expect(setup.exitStatus == 0)
    #expect(
      setup.output.hasPrefix(
        "bucket user-files: public, at most 1.0 MiB a file; it should be private, at most 50.0 MiB a file\n"))
    let check = try await supastore("setup", "--check", "--json")
    #expect(check.exitStatus == 8)
    let states = try check.documents
    #expect(states.map { $0["status"] } == ["different", "present"])
    #expect(states[0]["actual"] == .object(["public": true, "file_size_limit": 1_048_576]))
    #expect(states[0]["expected"] == .object(["public": false, "file_size_limit": 52_428_800]))
    #expect(try buckets() == before)
  }

  @Test func `many at once make each bucket once`() async throws {
    let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
      for _ in 0..<4 { group.addTask { try await supastore("setup").exitStatus } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == [0, 0, 0, 0])
    #expect(try buckets().count == 2)
  }
}
