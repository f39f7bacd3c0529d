import TestSupport
import Testing

/// A list that could be short removes nothing.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct CleanupScanTests {
  private typealias Fault = StandInInstance.Fault

  private let supastore: Supastore
  private let route = "POST /rest/v1/rpc/supastore_candidates"

  init() throws {
    supastore = try Supastore()
  }

  enum Cut: CaseIterable {
    case failing, refused, garbage, truncated, dropped, page, unfinished, otherShape

    func fault(on route: String, from nth: Int) -> StandInInstance.Fault {
      func answering(_ status: Int, _ body: String) -> StandInInstance.Fault {
        var fault = StandInInstance.Fault(.status, on: route)
        (fault.status, fault.body) = (status, body)
        return fault
      }
      var fault =
        switch self {
        case .failing: answering(500, "{}")
        case .refused: answering(403, #"{"code":"42501","message":"permission denied for function"}"#)
        case .garbage: StandInInstance.Fault(.garbage, on: route)
        case .truncated: StandInInstance.Fault(.truncate, on: route)
        case .dropped: StandInInstance.Fault(.dropAnswer, on: route)
        case .page: answering(200, "<html>busy</html>")
        case .unfinished: answering(200, #"[{"bucket": "user-files", "key": "uploads/seed/orphan-1""#)
        case .otherShape: answering(200, #"[{"bucket": "user-files"}]"#)
        }
      if self == .truncated { fault.bytes = 500 }
      (fault.nth, fault.count) = (nth, 0)
      return fault
    }
  }

  private static let limits = ["--max-delete", "5000", "--max-delete-percent", "100"]

  @Test(arguments: Cut.allCases) func `when the second page cannot be read, nothing of the first goes`(_ cut: Cut)
    async throws
  {
    try await supastore.setUpTrash()
    try supastore.seed(10, "linked", linkedTo: ["c"])
    try supastore.seed(1100, "orphan")
    supastore.project.add(cut.fault(on: route, from: 2))
    let before = try supastore.contents()
    supastore.project.forgetRequests()
    let run = try await supastore.run(["cleanup", "--apply", "--json"] + Self.limits)
    #expect(run.exitStatus == 7, "\(run.errors)")
    #expect(run.errors.contains("scan: "), "\(run.errors)")
    let summary = try #require(try run.documents.last)
    #expect(summary["refused_by"] == .array(["scan"]) && summary["error"]?["code"] == "guard", "\(summary)")
    supastore.expectCounts(run)
    #expect(supastore.removingRequests() == [])
    #expect(try supastore.contents() == before)
    // A dry run cannot tell everything, and says so.
    let dry = try await supastore.run(["cleanup", "--json"] + Self.limits)
    #expect(![0, 7].contains(dry.exitStatus) && dry.errors.contains("supastore_candidates"), "\(dry.errors)")
    supastore.project.removeFaults()
    // What looked like an outage is forgotten.
    #expect(try await supastore("test-connection").exitStatus == 0)
    try await supastore.expectTrashed(1100, Self.limits)
  }

  @Test(arguments: 1...5) func `when one of the classes cannot be listed, none is removed`(_ nth: Int) async throws {
    try await supastore.setUpTrash()
    try supastore.seed(10, "linked", linkedTo: ["c"])
    try supastore.seed(1, "orphan")
    supastore.project.add(Cut.refused.fault(on: route, from: nth))
    let before = try supastore.contents()
    let run = try await supastore("cleanup", "--apply", "--json")
    #expect(try run.exitStatus == 7 && run.documents.last?["refused_by"] == .array(["scan"]), "\(run.errors)")
    #expect(try supastore.contents() == before)
  }

  @Test func `a list that ends too early passes no limit that the whole would not pass`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(2000, "linked", linkedTo: ["c"])
    try supastore.seed(1100, "orphan")
    var fault = Fault(.status, on: route, nth: 2, count: 1)
    (fault.status, fault.body) = (200, "[]")
    supastore.project.add(fault)
    let before = try supastore.contents()
    let run = try await supastore("cleanup", "--apply", "--json", "--max-delete", "1050", "--max-delete-percent", "100")
    #expect(try run.exitStatus == 7 && run.documents.last?["refused_by"] == .array(["max_delete"]), "\(run.errors)")
    #expect(try supastore.contents() == before)
  }

  @Test func `without an answer to the survey nothing is looked for`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(10, "linked", linkedTo: ["c"])
    try supastore.seed(1, "orphan")
    for body in ["{}", "null", "[]", #"{"files": 0}"#] {
      var fault = Fault(.status, on: "POST /rest/v1/rpc/supastore_survey", count: 0)
      (fault.status, fault.body) = (200, body)
      supastore.project.add(fault)
      supastore.project.forgetRequests()
      let run = try await supastore("cleanup", "--apply", "--json")
      #expect(run.exitStatus == 1, "\(body): \(run.errors)")
      #expect(supastore.removingRequests() == [])
      supastore.project.removeFaults()
    }
    try await supastore.expectTrashed(1)
  }
}
