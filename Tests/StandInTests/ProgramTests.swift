import TestSupport
import Testing

@Suite struct ProgramTests {
  @Test func `a program's streams, status and memory are captured`() async throws {
    let outcome = try await Program.run(
      ["sh", "-c", "cat; echo $X >&2; exit 3"], environment: ["X": "y"], input: Array("in".utf8))
    #expect(outcome.output == "in")
    #expect(outcome.errors == "y\n")
    #expect(outcome.exitStatus == 3)
    #expect(outcome.peakMemory > 100_000)
  }

  @Test func `the stand-in runs a command with its variables and passes its status on`() async throws {
    let outcome = try await Program.run([
      try Program.product("supastore-standin"), "--", "sh", "-c",
      #"psql -qAtc "select 40 + 2" "$STANDIN_DATABASE_URL"; exit 9"#,
    ])
    #expect(outcome.output == "42\n")
    #expect(outcome.exitStatus == 9)
  }

  @Test(arguments: [["--port", "none"], ["--etag=sha"], ["--frob"], ["--"]])
  func `misuse of the stand-in ends with 2`(_ arguments: [String]) async throws {
    let outcome = try await Program.run([try Program.product("supastore-standin")] + arguments)
    #expect(outcome.exitStatus == 2)
    #expect(outcome.errors.hasPrefix("supastore-standin: error: "))
  }
}
