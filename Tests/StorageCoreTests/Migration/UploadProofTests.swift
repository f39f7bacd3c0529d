import StorageEngine
import TestSupport
import Testing

/// Every upload is proved without reading back, whatever kind of ETag the service gives.
@Suite struct UploadProofTests {
  private static let mebibyte = 1 << 20
  private static let sizes = [
    0, 1, 8 * mebibyte, 8 * mebibyte + 1, 16 * mebibyte, 16 * mebibyte + 1, 40 * mebibyte,
  ]

  @Test(.standIn(per: .test, etags: .multipart))
  func `files of every size are proved by the ETags of parts`() async throws {
    try await storeAndProve()
  }

  @Test(.standIn(per: .test))
  func `files of every size are proved by the ETags of whole contents`() async throws {
    try await storeAndProve()
  }

  private func storeAndProve() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let content = noise(Self.sizes.last ?? 0)
    for size in Self.sizes { try fixture.tree.write(content.prefix(size), to: "\(size).bin") }
    fixture.project.forgetRequests()

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.stored: Self.sizes.count])
    #expect(summary.sentByteCount == Int64(Self.sizes.reduce(0, +)))
    #expect(fixture.project.requests().allSatisfy { $0.method == "POST" || !$0.target.contains("/object/") })
    #expect(fixture.project.requestCount <= Self.sizes.count + 7)
    let sizes = try fixture.project.query("select metadata->>'size' from storage.objects").compactMap { $0[0] }
    #expect(Set(sizes) == Set(Self.sizes.map(String.init)))
    #expect(Set(files.compactMap(\.byteCount)) == Set(Self.sizes.map(Int64.init)))

    let (again, _) = try await fixture.migrate()
    #expect(again.counts == [.unchanged: Self.sizes.count])
    #expect(again.sentByteCount == 0)
  }
}
