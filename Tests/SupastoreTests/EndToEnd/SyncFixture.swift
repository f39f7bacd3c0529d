import FoundationEssentials
import TestSupport
import Testing

/// The built program with and without its project, over one state directory.
struct SyncFixture {
  let supastore: Supastore
  let tree: TemporaryDirectory

  init(mode: String = "prefer") throws {
    supastore = try Supastore().with(["SUPASTORE_MODE": mode])
    tree = try TemporaryDirectory()
  }

  /// What is stored by this one waits.
  var local: Supastore {
    supastore.with([
      "SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil, "SUPABASE_ANON_KEY": nil, "SUPASTORE_MODE": nil,
    ])
  }

  var project: StandInInstance { supastore.project }

  /// Stores a content of its own in the local store, and returns the file's id.
  func store(_ name: String, _ content: String? = nil, _ arguments: String...) async throws -> String {
    try await store(name, content, arguments)
  }

  func store(_ name: String, _ content: String? = nil, _ arguments: [String]) async throws -> String {
    let path = try tree.write((content ?? "content of \(name)").utf8, to: "root/\(name)")
    let run = try await local.run(["upload", "--json", path] + arguments)
    #expect(run.exitStatus == 0, "\(run.errors)")
    return try #require(try run.documents("file").first?["id"]?.string)
  }

  /// Stores many files in the local store, in the conversation `many`.
  func storeFiles(_ numbers: Range<Int>) async throws {
    for number in numbers { try tree.write("file \(number)".utf8, to: "many/f\(number)") }
    let run = try await local("migrate", "--quiet", tree["many"])
    try #require(run.exitStatus == 0, "\(run.errors)")
  }

  func sync(_ arguments: String...) async throws -> Run { try await supastore.run(["sync", "--json"] + arguments) }

  /// Syncs and expects that nothing is left.
  func syncAll() async throws {
    let run = try await sync()
    try #require(run.exitStatus == 0, "\(run.output)\(run.errors)")
  }

  /// Runs `body` while every request is answered with 503.
  func whileDown<Value>(_ body: () async throws -> Value) async throws -> Value {
    project.add(StandInInstance.Fault.failing(503, on: "*"))
    defer { project.removeFaults() }
    return try await body()
  }

  /// Columns of the row of a file in the project, as text.
  func row(_ id: String, _ columns: String) throws -> [String?]? {
    try project.query("select \(columns) from files where id = $1::uuid", id).first
  }

  /// The path of a content's blob.
  func blob(_ content: String) throws -> String {
    let digest = try sha256(Array(content.utf8))
    return "\(supastore.stateDirectory)/local/blobs/\(digest.prefix(2))/\(digest)"
  }

  /// The state directory as it is now, for one who is not told what happens afterwards.
  func copyOfState(_ name: String) throws -> Supastore {
    try FileManager.default.copyItem(atPath: supastore.stateDirectory, toPath: tree[name])
    return supastore.with(["SUPASTORE_STATE_DIR": tree[name]])
  }
}

extension Run {
  /// The item of a file that `sync` told of.
  func item(_ id: String, _ kind: String = "file") throws -> JSONValue? {
    try documents("item").first { $0["id"]?.string == id && $0["kind"]?.string == kind }
  }
}
