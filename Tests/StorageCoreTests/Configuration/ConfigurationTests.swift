import Glibc
import StorageCore
import StorageFiles
import StorageModel
import StorageRunning
import SupabaseClient
import Testing

@Suite struct ConfigurationTests {
  /// A configuration from variables, a `.env` file, and flags; nothing of this process.
  private func configuration(
    _ environment: [String: String] = [:], dotEnv: String = "", flags: [Setting: String] = [:], mode: mode_t = 0o600
  ) throws -> Configuration {
    try withTemporaryDirectory { root in
      let file = try root.appending("env")
      try file.write(dotEnv, mode: mode)
      return try Configuration(
        flags: flags.mapValues { Array($0.utf8) }, environment: Environment(environment.mapValues { Array($0.utf8) }),
        dotEnvFile: file)
    }
  }

  private func error(_ body: () throws -> some Any) -> ConfigurationError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? ConfigurationError
    }
  }

  @Test func `flag goes before environment before file before default`() throws {
    let dotEnv = "SUPASTORE_JOBS=3\n"
    #expect(try configuration().jobs == nil)
    #expect(try configuration(dotEnv: dotEnv).jobs == 3)
    let both = try configuration(["SUPASTORE_JOBS": "5"], dotEnv: dotEnv)
    #expect(both.jobs == 5 && both.origin(of: .jobs) == .environment)
    let all = try configuration(["SUPASTORE_JOBS": "5"], dotEnv: dotEnv, flags: [.jobs: "7"])
    #expect(all.jobs == 7 && all.origin(of: .jobs) == .flag("--jobs"))
    #expect(all.origin(of: .cacheSize) == .standard && all.origin(of: .proxy) == nil)
  }

  @Test func `an empty variable is not set`() throws {
    #expect(try configuration(["SUPASTORE_JOBS": ""], dotEnv: "SUPASTORE_JOBS=3").jobs == 3)
    #expect(try configuration(dotEnv: "SUPASTORE_JOBS=").jobs == nil)
  }

  @Test func `the project and its key come as a pair`() throws {
    let pair = try configuration(["SUPABASE_URL": "https://x", "SUPABASE_SERVICE_ROLE_KEY": "k"]).credentials()
    #expect(pair.projectURL == "https://x" && pair.serviceRoleKey.revealed == "k")
    #expect(error { try configuration().credentials() } == .missing(.projectURL, similar: nil))
    #expect(
      error { try configuration(["SUPABASE_URL": "https://x"]).credentials() }
        == .incomplete(has: .projectURL, lacks: .serviceRoleKey, similar: nil))
    #expect(
      error { try configuration(["SUPABASE_SERVICE_ROLE_KEY": "k"]).credentials() }
        == .incomplete(has: .serviceRoleKey, lacks: .projectURL, similar: nil))
    #expect(
      error { try configuration(["SUPABASE_URL": "https://x", "SUPABASE_SERVICE_ROL_KEY": "k"]).credentials() }
        == .incomplete(has: .projectURL, lacks: .serviceRoleKey, similar: "SUPABASE_SERVICE_ROL_KEY"))
  }

  @Test func `files go into the local store unless a project is meant`() throws {
    #expect(try configuration().mode == .local)
    for name in ["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ANON_KEY", "SUPABASE_ULR"] {
      #expect(try configuration([name: "x"]).mode == .prefer, "\(name)")
      #expect(try configuration([name: "x", "SUPASTORE_MODE": "local"]).mode == .local)
    }
    #expect(try configuration(["SUPASTORE_MODE": "only"]).mode == .only)
    #expect(try configuration(["SUPASTORE_MODE": "prefer"]).mode == .prefer)
    let shown = try configuration().entries.first { $0.setting == .mode }
    #expect(shown?.shownValue == "local" && shown?.origin == .standard)
  }

  @Test func `a missing setting is named with the place to get it`() throws {
    let missing = try #require(error { try configuration().credentials() })
    #expect(missing.description == "SUPABASE_URL is not set")
    #expect(missing.hint?.contains("dashboard under Settings, API") == true)
  }

  @Test func `a name of ours that means nothing is refused with the nearest one`() throws {
    #expect(
      error { try configuration(["SUPASTORE_JOB": "1"]) }
        == .unknownName("SUPASTORE_JOB", .environment, nearest: "SUPASTORE_JOBS"))
    let inFile = try #require(error { try configuration(dotEnv: "\nSUPASTORE_XYZZY_PLUGH=1") })
    guard case .unknownName("SUPASTORE_XYZZY_PLUGH", .dotEnv(_, line: 2), nearest: nil) = inFile else {
      Issue.record("\(inFile)")
      return
    }
    #expect(throws: Never.self) { try configuration(["OTHER": "1", "SUPABASE_JWT_SECRET": "s"], dotEnv: "X=1") }
  }

  @Test(arguments: [
    ("SUPASTORE_JOBS", "0"), ("SUPASTORE_JOBS", "65"), ("SUPASTORE_JOBS", "many"), ("SUPASTORE_JOBS", "4.0"),
    ("SUPASTORE_ALLOW_HTTP", "maybe"), ("SUPASTORE_MODE", "sometimes"), ("SUPASTORE_MODE", "never"),
    ("SUPASTORE_MODE", "ONLY"),
    ("SUPABASE_URL", "https://x\n"), ("SUPABASE_SERVICE_ROLE_KEY", "a\u{1}b"),
  ])
  func `a value that cannot be meant is refused`(name: String, value: String) throws {
    let refusal = try #require(error { try configuration([name: value]) })
    #expect(refusal.description.hasPrefix("\(name) (environment) "))
    #expect(name != "SUPABASE_SERVICE_ROLE_KEY" || !refusal.description.contains("a" + "\u{1}"))
  }

  @Test(arguments: [("yes", true), ("1", true), ("TRUE", true), ("off", false), ("0", false)])
  func `yes and no have several spellings`(value: String, expected: Bool) throws {
    #expect(try configuration(["SUPASTORE_ALLOW_HTTP": value]).allowsPlainHTTP == expected)
  }

  @Test func `a key goes by the name of today, too, and two that differ are a mistake`() throws {
    #expect(try configuration(["SUPABASE_SECRET_KEY": "a"]).serviceRoleKey?.revealed == "a")
    #expect(try configuration(["SUPABASE_PUBLISHABLE_KEY": "a"]).anonKey?.revealed == "a")
    let same = ["SUPABASE_SERVICE_ROLE_KEY": "a", "SUPABASE_SECRET_KEY": "a"]
    #expect(try configuration(same).serviceRoleKey?.revealed == "a")
    let different = ["SUPABASE_SERVICE_ROLE_KEY": "a", "SUPABASE_SECRET_KEY": "b"]
    let error = try #require(error { try configuration(different) })
    #expect(
      error
        == .contradictory(.serviceRoleKey, "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SECRET_KEY", .environment))
    try withTemporaryDirectory { root in
      let file = try root.appending("key")
      try file.write("b\n")
      let named = ["SUPABASE_SECRET_KEY_FILE": file.description]
      #expect(try configuration(named).serviceRoleKey?.revealed == "b")
      #expect(
        self.error { try configuration(named.merging(["SUPABASE_SECRET_KEY": "b"]) { $1 }) }
          == .setTwice("SUPABASE_SECRET_KEY", .environment))
    }
  }

  @Test func `a secret can come from a file, without its last newline`() throws {
    try withTemporaryDirectory { root in
      let file = try root.appending("key")
      for text in ["secret", "secret\n", "secret\r\n"] {
        try file.write(text)
        let configuration = try configuration(["SUPABASE_SERVICE_ROLE_KEY_FILE": file.description])
        #expect(configuration.serviceRoleKey?.revealed == "secret")
      }
      let both = ["SUPABASE_SERVICE_ROLE_KEY_FILE": file.description, "SUPABASE_SERVICE_ROLE_KEY": "x"]
      #expect(error { try configuration(both) } == .setTwice("SUPABASE_SERVICE_ROLE_KEY", .environment))
      try file.write("\n")
      #expect(throws: ConfigurationError.self) {
        try configuration(["SUPABASE_SERVICE_ROLE_KEY_FILE": file.description])
      }
      let missing = try root.appending("none")
      #expect(
        error { try configuration(["SUPASTORE_PROXY_FILE": missing.description]) }
          == .file(.failed(.open, missing, code: ENOENT)))
    }
  }

  @Test func `no secret is shown anywhere`() throws {
    let canary = "canary-5d1f"
    let names = Setting.allCases.filter(\.isSecret).map(\.name)
    let configuration = try configuration(
      Dictionary(uniqueKeysWithValues: names.map { ($0, canary) }), dotEnv: "SUPABASE_ANON_KEY=\(canary)", mode: 0o644)
    var shown = "\(configuration.entries) \(configuration.warnings) \(configuration.serviceRoleKey as Any)"
    dump(configuration.proxy, to: &shown)
    debugPrint(configuration.anonKey as Any, to: &shown)
    #expect(!shown.contains(canary))
    #expect(configuration.entries.first { $0.setting == .serviceRoleKey }?.shownValue == "set")
    #expect(configuration.entries.map(\.setting) == Setting.allCases)
  }

  @Test(arguments: [
    "https://user:canary-5d1f@example.org", "sb_secret_canary-5d1f", "https://example.org/?apikey=canary-5d1f",
    "canary-5d1f",
  ])
  func `a URL that could hold a secret is not shown`(_ url: String) throws {
    let configuration = try configuration(["SUPABASE_URL": url])
    let shown = configuration.entries.first { $0.setting == .projectURL }?.shownValue
    #expect(shown?.hasPrefix("set, but the URL ") == true)
    #expect(!"\(configuration.entries)".contains("canary"))
  }

  @Test func `a project's URL is shown in its normal form`() throws {
    let entries = try configuration(["SUPABASE_URL": "HTTP://Storage.Lan:8000/"]).entries
    #expect(entries.first { $0.setting == .projectURL }?.shownValue == "http://storage.lan:8000")
  }

  @Test(arguments: ["SUPASTORE_MODE", "SUPASTORE_JOBS", "SUPASTORE_ALLOW_HTTP"])
  func `a key in the wrong variable is not repeated`(_ name: String) throws {
    let error = try #require(error { try configuration([name: "sb_secret_canary-5d1f"]) })
    #expect(!"\(error)".contains("canary"))
    #expect("\(error)".contains("looks like a key"))
  }

  @Test func `a file that holds a key and that others can read is warned of`() throws {
    let dotEnv = "SUPABASE_SERVICE_ROLE_KEY=k"
    #expect(try configuration(dotEnv: dotEnv, mode: 0o644).warnings.count == 1)
    #expect(try configuration(dotEnv: dotEnv, mode: 0o600).warnings.isEmpty)
    #expect(try configuration(dotEnv: "SUPASTORE_JOBS=1", mode: 0o644).warnings.isEmpty)
  }

  @Test func `the state directory is the one that was named, else the standard one`() throws {
    try withTemporaryDirectory { root in
      let named = try configuration(["SUPASTORE_STATE_DIR": root.appending("s").description, "HOME": "/nonexistent"])
      #expect(try named.stateDirectory().path == resolved(root).appending("s"))
      let standard = try configuration(["HOME": root.description])
      #expect(try standard.stateDirectory().path == resolved(root).appending(".local/state/supastore"))
      #expect(error { try configuration().stateDirectory() } == .state(.noHome))
    }
  }
}
