import TestSupport
import Testing

extension Supastore {
  /// Has a cleanup, asked to remove, refuse by exactly these safeguards and leave everything as it is. A dry run names
  /// the same ones.
  func expectRefusal(
    by safeguards: [String], _ arguments: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try contents()
    project.forgetRequests()
    let run = try await run(["cleanup", "--apply", "--json"] + arguments)
    #expect(run.exitStatus == 7, "\(run.errors)", sourceLocation: sourceLocation)
    let summary = try #require(try run.documents.last, sourceLocation: sourceLocation)
    #expect(
      summary["refused_by"] == .array(safeguards.map { .string($0) }), "\(run.output)", sourceLocation: sourceLocation)
    #expect(summary["error"]?["code"] == "guard" && summary["applied"] == true, sourceLocation: sourceLocation)
    for name in safeguards {
      #expect(run.errors.contains("\(name): "), "\(run.errors)", sourceLocation: sourceLocation)
    }
    expectCounts(run, sourceLocation)
    #expect(removingRequests() == [], sourceLocation: sourceLocation)
    let dry = try await self.run(["cleanup", "--json"] + arguments)
    #expect(dry.exitStatus == 0, "\(dry.errors)", sourceLocation: sourceLocation)
    #expect(
      try dry.documents.last?["refused_by"] == .array(safeguards.map { .string($0) }), sourceLocation: sourceLocation)
    expectCounts(dry, sourceLocation)
    #expect(try contents() == before, sourceLocation: sourceLocation)
  }

  /// Has a cleanup trash so many things, and returns the run.
  @discardableResult
  func expectTrashed(
    _ count: Int, _ arguments: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Run {
    let run = try await run(["cleanup", "--apply", "--json"] + arguments)
    #expect(run.exitStatus == 0, "\(run.errors)", sourceLocation: sourceLocation)
    expectCounts(run, sourceLocation)
    let summary = try #require(try run.documents.last, sourceLocation: sourceLocation)
    #expect(summary["refused_by"] == .array([]) && summary["error"] == .null, sourceLocation: sourceLocation)
    #expect(try run.ids(.trashed).count == count, "\(run.output.suffix(2000))", sourceLocation: sourceLocation)
    return run
  }

  /// What the last line of a cleanup counts is what the lines before it say.
  func expectCounts(_ run: Run, _ sourceLocation: SourceLocation = #_sourceLocation) {
    guard let documents = try? run.documents, let summary = documents.last, summary["type"] == "cleanup" else {
      Issue.record("no summary: \(run.output)", sourceLocation: sourceLocation)
      return
    }
    let removals = documents.filter { $0["type"] == "removal" }
    func expect(_ amount: JSONValue?, _ lines: [JSONValue], _ name: String) {
      let bytes = lines.compactMap { $0["size_bytes"]?.int }.reduce(0, +)
      #expect(amount?["count"]?.int == lines.count, "\(name)", sourceLocation: sourceLocation)
      #expect(amount?["size_bytes"]?.int == bytes, "\(name)", sourceLocation: sourceLocation)
    }
    for status in RemovalStatus.allCases {
      let lines = removals.filter { $0["status"]?.string == status.rawValue }
      expect(summary["done"]?[status.rawValue], lines, status.rawValue)
    }
    // What ended early did not get to everything that it found.
    guard summary["error"] == .null else { return }
    for name in ["orphan", "expired", "object", "purge", "unfinished", "missing"] {
      expect(summary["found"]?[name], removals.filter { $0["class"]?.string == name }, name)
    }
  }
}

/// The words of the contract.
enum RemovalStatus: String, CaseIterable {
  case found, reported, trashed, purged, kept, failed
  case absent = "already_absent"
}

extension Run {
  /// The ids of what became this, in any order.
  func ids(_ status: RemovalStatus) throws -> [String] {
    try documents("removal").filter { $0["status"]?.string == status.rawValue }.compactMap { $0["id"]?.string }
  }

  /// The storage paths of what became this, sorted.
  func paths(_ status: RemovalStatus) throws -> [String] {
    try documents("removal").filter { $0["status"]?.string == status.rawValue }
      .compactMap { $0["storage_path"]?.string }.sorted()
  }

  /// The id of the run, of its last line.
  var id: String {
    get throws { try #require(try documents.last?["run_id"]?.string, "\(errors)") }
  }
}
