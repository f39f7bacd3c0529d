import StorageEngine
import StorageFormats
import StorageModel
import StoragePlaces
import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct UsageConformance {
  private func parts(_ usage: Usage) -> [String] {
    usage.entries.map { "\($0.kind.bucket ?? "?") \($0.kind.fileType) \($0.amount.fileCount) \($0.amount.byteCount)" }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `usage is told by bucket and type, whatever stands in the rows`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      #expect(try await open.rows.usage() == Usage())
      var foreign = FileMetadata()
      foreign.other = ["bucket": .integer(7), "note": .array([.null])]
      _ = try await open.rows.insert([
        row(1, byteCount: 10), row(2, byteCount: 2_147_483_647), row(3, byteCount: nil),
        row(4, byteCount: 2_147_483_647, metadata: FileMetadata(bucket: "user-files")),
        row(5, byteCount: 5, type: .generated), row(6, byteCount: 7, type: .cache),
        row(7, byteCount: 3, metadata: FileMetadata(bucket: "somebody's own")),
        row(8, byteCount: 4, metadata: foreign),
        row(9, byteCount: 2, metadata: FileMetadata(bucket: "generated-files")),
      ])
      let usage = try await open.rows.usage()
      #expect(
        parts(usage)
          == [
            "generated-files generated 1 5", "generated-files user_upload 1 2", "somebody's own user_upload 1 3",
            "\(FileType.cache.bucket.name) cache 1 7", "user-files user_upload 5 4294967308",
          ].sorted())
      #expect(usage.total == Usage.Amount(fileCount: 9, byteCount: 4_294_967_325))
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `2500 rows are each counted once`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      for start in stride(from: 0, to: 2500, by: 500) {
        _ = try await open.rows.insert((start..<start + 500).map { try row($0, byteCount: Int64($0)) })
      }
      let before = open.requestCount
      #expect(try await open.rows.usage().total == Usage.Amount(fileCount: 2500, byteCount: 2500 * 2499 / 2))
      #expect(kind == .local || open.requestCount - before == 3)
    }
  }

  @Test func `metadata that are no object, and rows that come meanwhile, do no harm`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try await fixture.open { open in
      _ = try await open.rows.insert([row(1), row(2), row(3), row(4)])
      for (number, metadata) in [(1, "null"), (2, "[\"bucket\"]"), (3, "\"bucket\""), (4, "{\"bucket\": {\"a\": 1}}")] {
        try fixture.project.query(
          "update files set metadata = $1::jsonb where id = $2::uuid", metadata, id(number).description)
      }
      _ = try await open.rows.insert([row(5)])
      try fixture.project.query("update files set metadata = null where id = $1::uuid", id(5).description)
      #expect(parts(try await open.rows.usage()) == ["user-files user_upload 5 5"])
      let (first, last) = try await open.rows.usage(after: id(2))
      #expect(first.total.fileCount == 3 && last == nil)
      #expect(try await open.rows.usage(after: id(5)).last == nil)
    }
  }

  @Test func `a page that fails for once is asked for again, the others are not`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try await fixture.open { open in
      for start in [0, 500] {
        _ = try await open.rows.insert((start..<start + 500).map { try row($0) })
      }
      _ = try await open.rows.insert([row(1000)])
      fixture.project.add(StandInInstance.Fault(.reset, on: "GET /rest/v1/files", nth: 2))
      fixture.project.forgetRequests()
      #expect(try await open.rows.usage().total.fileCount == 1001)
      #expect(fixture.project.requestCount == 3)
    }
  }
}
