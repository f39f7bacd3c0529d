import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// No key leaves the program but in the requests: not on the streams, not in a file, whatever happens.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SecrecyTests {
  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
    for number in 0..<3 { try directory.write("file \(number)".utf8, to: "root/f\(number)") }
  }

  /// What must never be seen: the signatures of tokens and the random parts of opaque keys.
  private var canaries: [String] {
    let project = supastore.project
    return [project.serviceKey, project.anonKey].compactMap { $0.split(separator: ".").last.map(String.init) }
      + [project.secretKey, project.publishableKey].map { String($0.suffix(20)) } + [Self.wrong]
  }

  private static let wrong = "d3adb33fcafe0000_0a1b2c3d"

  private func expectNothing(in run: Run, _ what: [String]) {
    for canary in canaries {
      #expect(!run.output.contains(canary) && !run.errors.contains(canary), "\(what)")
    }
  }

  private func expectNothing(below path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      let content = String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
      for canary in canaries { #expect(!content.contains(canary), "\(name)") }
    }
  }

  private func runEverything(_ supastore: Supastore) async throws {
    let commands = [
      ["test-connection"], ["setup"], ["setup", "--check"], ["migrate", "--dry-run", directory["root"]],
      ["migrate", directory["root"]], ["upload", directory["root/f0"]], ["list"], ["download", "nosuch"],
      ["config", "show"], ["schema"], ["migrate", directory["nosuch"]],
    ]
    for command in commands {
      for flags in [["--verbose"], ["--json"]] {
        let run = try await supastore.run(command + flags)
        expectNothing(in: run, command)
      }
    }
    try expectNothing(below: supastore.stateDirectory)
  }

  @Test(arguments: ["legacy", "opaque"])
  func `when all goes well`(_ kind: String) async throws {
    let keys = [
      "SUPABASE_SERVICE_ROLE_KEY": supastore.project.secretKey, "SUPABASE_ANON_KEY": supastore.project.publishableKey,
    ]
    try await runEverything(kind == "legacy" ? supastore : supastore.with(keys))
  }

  @Test(arguments: ["sb_secret_\(wrong)", "\(wrong)", "eyJhbGciOiJIUzI1NiJ9.e30.\(wrong)", "sb_secret_\(wrong) "])
  func `when the key is wrong`(_ key: String) async throws {
    try await runEverything(supastore.with(["SUPABASE_SERVICE_ROLE_KEY": key]))
  }

  @Test func `when the service repeats it in an error`() async throws {
    try await supastore.setUp()
    for body in [
      #"{"message":"bad token KEY","error":"KEY","statusCode":"400"}"#, "cannot decode Bearer KEY",
      #"{"code":"PGRST301","message":"apikey KEY","details":"KEY","hint":"KEY"}"#,
    ] {
      supastore.project.removeFaults()
      for status in [400, 401, 503] {
        var fault = StandInInstance.Fault(.status, on: "*", count: 0)
        fault.status = status
        fault.body = body.replacing("KEY", with: supastore.project.serviceKey)
        supastore.project.add(fault)
        for command in [["list"], ["setup"], ["migrate", directory["root"]]] {
          for flags in [["--verbose"], ["--json"]] {
            expectNothing(in: try await supastore.run(command + flags), command)
          }
        }
      }
    }
    try expectNothing(below: supastore.stateDirectory)
  }

  @Test func `when it is put where it does not belong`() async throws {
    let key = supastore.project.secretKey
    for arguments in [
      ["--key", key, "list"], ["list", "--key=\(key)"], [key], ["list", key], ["migrate", "--jobs", key],
      ["config", key], ["help", supastore.project.serviceKey], ["download", key], ["upload", key], ["migrate", key],
      ["download", supastore.project.serviceKey], ["list", "--state-dir", key], ["download", "x", "-o", key],
    ] {
      let run = try await supastore.run(arguments)
      #expect(run.exitStatus == 2)
      expectNothing(in: run, arguments)
    }
    for name in ["SUPABASE_URL", "SUPASTORE_JOBS", "SUPASTORE_MODE", "SUPASTORE_ALLOW_HTTP", "TEST_FILES_DIR"] {
      let misplaced = supastore.with([name: key])
      let run = try await misplaced("migrate")
      #expect(run.exitStatus == 2)
      expectNothing(in: run, [name])
      expectNothing(in: try await misplaced("config", "show"), [name])
    }
  }

  @Test func `what the program keeps is for its owner alone`() async throws {
    try await supastore.setUp()
    _ = try await supastore("migrate", directory["root"])
    func mode(_ path: String) throws -> mode_t {
      var status = stat()
      try #require(lstat(path, &status) == 0)
      return status.st_mode & 0o777
    }
    #expect(try mode(supastore.stateDirectory) == 0o700)
    let names = try FileManager.default.contentsOfDirectory(atPath: supastore.stateDirectory)
    #expect(!names.isEmpty)
    for name in names { #expect(try mode("\(supastore.stateDirectory)/\(name)") == 0o600) }
  }
}
