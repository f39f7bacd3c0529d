import TestSupport
import Testing

/// When a file's time is over.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ExpiryTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private func expiry() throws -> String? {
    try supastore.project.query("select metadata ->> 'expires_at' from files where original_name = 'f'")[0][0]
  }

  @Test func `storing again sets the later time, and none wins`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(20, "linked", linkedTo: ["c"])
    _ = try await supastore.store("f", in: "c", "--expires", "2098-06-01T00:00:00Z")
    #expect(try expiry() == "2098-06-01T00:00:00Z")
    _ = try await supastore.store("f", in: "c", "--expires", "2098-01-01T00:00:00Z")
    #expect(try expiry() == "2098-06-01T00:00:00Z")
    let id = try await supastore.store("f", in: "c", "--expires", "2099-01-01T00:00:00Z")
    #expect(try expiry() == "2099-01-01T00:00:00Z")
    try supastore.expire(id)
    #expect(try await supastore("cleanup", "--expired", "--json").ids(.found) == [id])
    _ = try await supastore.store("f", in: "c", "--expires", "30d")
    try await supastore.expectTrashed(0, ["--expired"])
    _ = try await supastore.store("f", in: "c")
    #expect(try expiry() == nil)
    _ = try await supastore.store("f", in: "c", "--expires", "2098-01-01T00:00:00Z")
    #expect(try expiry() == nil)
    try await supastore.expectTrashed(0, ["--expired"])
  }

  @Test func `storing it again brings an expired file back out of the trash`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(20, "linked", linkedTo: ["c"])
    let id = try await supastore.store("f", in: "c", "--expires", "30d")
    try supastore.expire(id)
    try await supastore.expectTrashed(1, ["--expired"])
    #expect(try await supastore.store("f", in: "c", "--expires", "30d") == id)
    #expect(try supastore.project.query("select count(*) from supastore_trash") == [["0"]])
    #expect(try await supastore("download", id, "-o", "-").output.hasPrefix("f"))
    try await supastore.expectTrashed(0, ["--expired"])
  }

  @Test func `what is no moment never comes`() async throws {
    try await supastore.setUpTrash()
    let dates = [
      #""""#, #""yesterday""#, #""2020-01-01""#, #""2020-01-01T00:00:00""#, #""2020-13-01T00:00:00Z""#,
      #""2020-02-30T00:00:00Z""#, #""-infinity""#, #""epoch""#, "0", "1577836800", "true", "null", "{}", "[]",
      #""2020-01-01T00:00:00Z extra""#, #""99999-01-01T00:00:00Z""#, #""2020-01-01T00:00:00+99:00""#,
    ]
    for (number, date) in dates.enumerated() {
      try supastore.seed(1, "odd\(number)", linkedTo: ["c"], metadata: #"{"expires_at": \#(date)}"#)
    }
    let all = ["--expired", "--max-delete-percent", "100"]
    try await supastore.expectTrashed(0, all)
    for (number, date) in ["2020-01-01T00:00:00Z", "2020-01-01 00:00+02", "2020-01-01T00:00:00.123456+0530"]
      .enumerated()
    {
      try supastore.seed(1, "over\(number)", linkedTo: ["c"], metadata: #"{"expires_at": "\#(date)"}"#)
    }
    try await supastore.expectTrashed(3, all)
  }
}
