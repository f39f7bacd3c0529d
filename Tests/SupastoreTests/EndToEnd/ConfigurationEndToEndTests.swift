import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Flags, environment and `.env`, as the program takes them.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ConfigurationEndToEndTests {
  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
  }

  private func settings(_ run: Run) throws -> [String: JSONValue] {
    try #require(run.exitStatus == 0, "\(run.errors)")
    return try Dictionary(uniqueKeysWithValues: run.documents.map { ($0["name"]?.string ?? "", $0) })
  }

  @Test func `each value is shown with its origin, secrets never`() async throws {
    try directory.write(
      """
      # the project
      SUPABASE_URL="https://from-dot-env.supabase.co"
      export SUPASTORE_JOBS=3
      SUPABASE_ANON_KEY='sb_publishable_canary'
      TEST_FILES_DIR=/tmp

      """.utf8, to: ".env")
    let given = supastore.with(["SUPABASE_URL": nil, "SUPABASE_ANON_KEY": nil, "SUPASTORE_JOBS": "5"])
    let text = try await given("config", "show", "--state-dir", directory["state"], directory: directory.path)
    let settings = try await settings(
      given("config", "show", "--json", "--state-dir", directory["state"], directory: directory.path))
    func isShown(_ name: String, _ value: String?, _ origin: String?) {
      #expect(settings[name]?["value"] == value.map { .string($0) } ?? .null)
      #expect(settings[name]?["origin"] == origin.map { .string($0) } ?? .null)
      let line = text.output.split(separator: "\n").first { $0.hasPrefix(name + " ") } ?? ""
      #expect(line.hasSuffix((value ?? "not set") + (origin.map { " (\($0))" } ?? "")), "\(line)")
    }
    isShown("SUPABASE_URL", "https://from-dot-env.supabase.co", ".env:2")
    isShown("SUPABASE_SERVICE_ROLE_KEY", "set", "environment")
    isShown("SUPABASE_ANON_KEY", "set", ".env:4")
    isShown("SUPASTORE_JOBS", "5", "environment")
    isShown("TEST_FILES_DIR", "/tmp", ".env:5")
    isShown("SUPASTORE_STATE_DIR", directory["state"], "--state-dir")
    isShown("SUPASTORE_MODE", "prefer", "default")
    isShown("SUPASTORE_CA_FILE", nil, nil)
    #expect(!text.output.contains("canary") && !text.output.contains(supastore.project.serviceKey))
  }

  @Test func `every root of TEST_FILES_DIR is shown as it is`() async throws {
    let given = supastore.with([
      "TEST_FILES_DIR": #"C:\;/no/such;D:\Data;."#, "SUPASTORE_DRIVE_MAP": "c=\(directory.path)",
    ])
    let shown = try #require(try await settings(given("config", "show", "--json"))["TEST_FILES_DIR"])
    let expected = [(directory.path, "ok"), ("/no/such", "missing"), (#"D:\Data"#, "unmapped"), (".", "relative")]
    #expect(
      shown["roots"] == .array(expected.map { .object(["path": .string($0.0), "status": .string($0.1)]) }))
    let text = try await given("config", "show").output.split(separator: "\n")
    let line = try #require(text.firstIndex { $0.hasPrefix("TEST_FILES_DIR ") })
    #expect(text[line...].dropFirst().prefix(4).map(String.init) == expected.map { "  \($0.1)  \($0.0)" })
    let others = try await settings(supastore("config", "show", "--json")).values
    #expect(others.allSatisfy { $0["roots"] == .null })
  }

  @Test func `the project can come from .env alone, the key from a file`() async throws {
    try directory.write(Array(supastore.project.serviceKey.utf8) + [UInt8(ascii: "\n")], to: "key")
    try directory.write(
      "SUPABASE_URL=\(supastore.project.url)\nSUPABASE_SERVICE_ROLE_KEY_FILE=\(directory["key"])\n".utf8, to: ".env")
    let bare = supastore.with(["SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil])
    #expect(try await bare("setup", directory: directory.path).exitStatus == 0)
    #expect(try await bare("setup", "--check", "--env-file", directory[".env"]).exitStatus == 0)
    #expect(try await bare("setup").exitStatus == 2)
  }

  @Test func `a key added to .env mends the connection test`() async throws {
    try await supastore.setUp()
    let bare = supastore.with(["SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil])
    let url = "SUPABASE_URL=\(supastore.project.url)\n"
    try directory.write(url.utf8, to: ".env")
    #expect(try await bare("test-connection", directory: directory.path).exitStatus == 2)
    try directory.write("\(url)SUPABASE_SERVICE_ROLE_KEY=\(supastore.project.serviceKey)\n".utf8, to: ".env")
    #expect(try await bare("test-connection", directory: directory.path).exitStatus == 0)
  }

  @Test(arguments: [
    ("SUPASTORE_JOBS", "0"), ("SUPASTORE_JOBS", "many"), ("SUPASTORE_ALLOW_HTTP", "perhaps"),
    ("SUPASTORE_MODE", "sometimes"), ("SUPASTORE_MODE", "never"), ("SUPABASE_URL", "ftp://host"),
    ("SUPABASE_URL", "host"),
    ("SUPABASE_URL", "http://example.com"), ("SUPABASE_SERVICE_ROLE_KEY", "two words"),
    ("SUPABASE_SERVICE_ROLE_KEY_FILE", "/tmp"), ("TEST_FILES_DIR", "relative"), ("TEST_FILES_DIR", "/nosuch"),
    ("TEST_FILES_DIR", #"C:\Project"#),
    ("TEST_FILES_DIR", #"\\server\share"#), ("SUPASTORE_DRIVE_MAP", "C:=mnt"), ("SUPASTORE_DRIVE_MAP", "C:=/a;c:=/b"),
  ])
  func `a value that does not fit ends with 2 and its name`(_ name: String, _ value: String) async throws {
    let roots = name == "TEST_FILES_DIR" ? [] : [directory.path]
    let run = try await supastore.with([name: value]).run(["migrate", "--json"] + roots)
    #expect(run.exitStatus == 2 && run.output == "")
    let error = try #require(try run.error)
    #expect(error["code"] == "configuration" && error["retryable"] == false)
    #expect(error["message"]?.string?.contains(name) == true, "\(run.errors)")
    #expect(error["hint"]?.string?.isEmpty == false)
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `a name that means nothing is an error with the nearest one`() async throws {
    let run = try await supastore.with(["SUPASTORE_MOD": "only"])("list")
    #expect(run.exitStatus == 2)
    #expect(
      run.errors == """
        supastore: error: SUPASTORE_MOD (environment) is no setting
        supastore: hint: did you mean SUPASTORE_MODE?

        """)
  }

  @Test(arguments: [
    ("SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"), ("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_URL"),
  ])
  func `half a project is an error`(_ present: String, _ absent: String) async throws {
    for command in [["list"], ["setup"], ["migrate", "."], ["upload", "x"], ["download", "x"]] {
      let run = try await supastore.with([absent: nil]).run(command)
      #expect(run.exitStatus == 2 && run.output == "")
      #expect(run.errors.hasPrefix("supastore: error: \(present) is set, \(absent) is not\nsupastore: hint: "))
    }
  }

  @Test func `mistakes in .env are told with their line`() async throws {
    try directory.write("SUPABASE_URL=\(supastore.project.url)\nno sign\n".utf8, to: ".env")
    let needing = supastore.with(["SUPABASE_URL": nil])
    let run = try await needing("list", directory: directory.path)
    #expect(run.exitStatus == 2)
    #expect(run.errors.hasPrefix("supastore: error: .env line 2: there is no = in the line\nsupastore: hint: "))
    let missing = try await supastore("list", "--env-file", directory["nosuch"])
    #expect(missing.exitStatus == 2 && missing.errors.contains("nosuch"))
  }

  @Test func `a key that others can read is warned of, and what they can write is refused`() async throws {
    let tree = try TemporaryDirectory()
    let key = try tree.write(Array("sb_secret_abcdefgh".utf8), to: "key")
    let named = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": nil, "SUPABASE_SERVICE_ROLE_KEY_FILE": key])
    for (mode, isRefused, warns) in [
      (0o600, false, false), (0o640, false, true), (0o644, false, true), (0o620, true, false),
    ] {
      #expect(chmod(key, mode_t(mode)) == 0)
      let run = try await named("config", "show")
      #expect(run.exitStatus == (isRefused ? 2 : 0), "\(run.errors)")
      #expect(run.errors.contains("can be read by other users") == warns)
      #expect(run.errors.contains("can be written by other users") == isRefused)
      #expect(!run.errors.contains("sb_secret"))
    }
    let settings = try tree.write(Array("SUPABASE_URL=http://127.0.0.1:9\n".utf8), to: "settings")
    #expect(chmod(settings, 0o666) == 0)
    let run = try await supastore("list", "--env-file", settings)
    #expect(run.exitStatus == 2 && run.errors.contains("chmod go-w"))
  }

  @Test func `names that a platform puts into the environment are none of ours, what looks like one of ours is`()
    async throws
  {
    let pod = supastore.with([
      "SUPASTORE_SERVICE_HOST": "10.0.0.7", "SUPASTORE_SERVICE_PORT_HTTP": "80", "SUPASTORE_PORT": "tcp://10.0.0.7:80",
      "SUPASTORE_PORT_80_TCP_ADDR": "10.0.0.7", "SUPASTORE_VERSION": "1",
    ])
    #expect(try await pod("config", "show").exitStatus == 0)
    for (name, meant) in [("SUPASTORE_JOBZ", "SUPASTORE_JOBS"), ("SUPASTORE_JOB", "SUPASTORE_JOBS")] {
      let run = try await supastore.with([name: "3"])("config", "show")
      #expect(run.exitStatus == 2 && run.errors.contains("did you mean \(meant)?"), "\(run.errors)")
    }
    // A file of settings is written for this program alone.
    try directory.write("SUPASTORE_PORT=80\n".utf8, to: ".env")
    #expect(try await supastore("config", "show", directory: directory.path).exitStatus == 2)
  }

  @Test(arguments: ["", "source venv/bin/activate\n", "PEM=-----BEGIN KEY-----\nabc+/\n", "\u{1}\u{0}"])
  func `another program's .env stops no run that has all it needs`(_ content: String) async throws {
    try await supastore.setUp()
    if content.isEmpty {
      #expect(mkdir(directory[".env"], 0o700) == 0)
    } else {
      try directory.write(Array(content.utf8), to: ".env")
    }
    let run = try await supastore("list", "--count", directory: directory.path)
    #expect(run.exitStatus == 0 && run.output == "0\n", "\(run.errors)")
    #expect(run.errors.contains("it was not read"))
    let needing = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": nil])
    #expect(try await needing("list", directory: directory.path).exitStatus == 2)
    #expect(try await supastore("list", "--env-file", directory[".env"]).exitStatus == 2)
  }

  @Test func `settings and keys come through pipes as well`() async throws {
    try await supastore.setUp()
    let environment = supastore.environment
    let text = "SUPABASE_URL=\(environment["SUPABASE_URL"] ?? "")\nSUPABASE_SERVICE_ROLE_KEY=\(project.serviceKey)\n"
    let without = supastore.with(["SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil, "SUPABASE_ANON_KEY": nil])
    let pipes = try await without.script(
      """
      mkfifo "$1/.env" "$1/key" "$1/patterns"
      cd "$1"
      printf %s "$2" >.env & "$0" list --count || exit 1
      printf %s "$2" >.env & "$0" list --count --env-file .env || exit 2
      printf %s "$3" >key &
      SUPABASE_URL=$4 SUPABASE_SERVICE_ROLE_KEY_FILE=key "$0" list --count || exit 3
      """, directory.path, text, project.serviceKey, environment["SUPABASE_URL"] ?? "")
    #expect(pipes.exitStatus == 0 && pipes.output == "0\n0\n0\n", "\(pipes.errors)")
  }

  private var project: StandInInstance { supastore.project }
}
