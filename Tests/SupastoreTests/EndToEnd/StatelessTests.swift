import TestSupport
import Testing

/// What needs a place to keep something on this machine, and what does not.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct StatelessTests {
  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
    try directory.write("some notes".utf8, to: "notes.txt")
  }

  @Test(arguments: [nil, "/proc/nosuch"] as [String?])
  func `what only looks at the project needs no state directory`(_ place: String?) async throws {
    try await supastore.setUp()
    let file = try await supastore("upload", directory["notes.txt"], "--conversation", "c1", "--json")
    let id = try #require(try file.documents.first?["id"]?.string)
    let homeless = supastore.with(["SUPASTORE_STATE_DIR": place, "SUPASTORE_CACHE_DIR": place, "HOME": ""])
    for arguments in [
      ["list"], ["info", id], ["link", id, "--conversation", "c2"], ["unlink", id, "--conversation", "c2"],
      ["conversation", "create", "c3"], ["conversation", "list"], ["conversation", "show", "c1"], ["setup"],
      ["cache", "info"], ["download", id, "-o", directory["copy"]],
    ] {
      let run = try await homeless.run(arguments)
      #expect(run.exitStatus == 0, "\(arguments): \(run.errors)")
    }
    #expect(try directory.read("copy") == Array("some notes".utf8))
    supastore.project.forgetRequests()
    for arguments in [["upload", directory["notes.txt"]], ["migrate", directory.path]] {
      let run = try await homeless.run(arguments)
      #expect(run.exitStatus != 0 && run.output == "")
      #expect(run.errors.contains("SUPASTORE_STATE_DIR"), "\(run.errors)")
    }
    #expect(supastore.project.requestCount == 0)
  }
}
