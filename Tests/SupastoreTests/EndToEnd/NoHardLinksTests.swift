import TestSupport
import Testing

/// On a file system that knows neither hard links nor files without a name, as exFAT and many over a network: a filter of
/// system calls says of each what such a file system says.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct NoHardLinksTests {
  /// `openat` with O_TMPFILE: EOPNOTSUPP. `linkat` and `link`: EPERM. Its first argument says
  /// whether `renameat2` knows RENAME_NOREPLACE there.
  private static let filter = """
    import ctypes, errno, os, struct, sys
    def step(code, value, t=0, f=0): return struct.pack("HBBI", code, t, f, value)
    def deny(number): return step(0x06, 0x00050000 | number)
    program = [
      step(0x20, 0), step(0x15, 257, 0, 4),
      step(0x20, 32), step(0x54, 0x410000), step(0x15, 0x410000, 0, 1), deny(errno.EOPNOTSUPP)]
    for call, number in [(265, errno.EPERM), (86, errno.EPERM)] + [(316, errno.EINVAL)] * (sys.argv[1] == "without"):
      program += [step(0x20, 0), step(0x15, call, 0, 1), deny(number)]
    program.append(step(0x06, 0x7fff0000))
    code = ctypes.create_string_buffer(b"".join(program))
    filter = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(filter), 0, 0): sys.exit(77)
    os.execvp(sys.argv[2], sys.argv[2:])
    """

  @Test(arguments: ["with", "without"])
  func `downloads and the local store do without`(_ noReplace: String) async throws {
    let supastore = try Supastore()
    let tree = try TemporaryDirectory()
    try await supastore.setUp()
    let path = try tree.write("hello".utf8, to: "f.txt")
    #expect(try await supastore("upload", path, "--conversation", "c").exitStatus == 0)
    func filtered(_ arguments: String..., in supastore: Supastore) async throws -> Run {
      let command = try ["python3", "-c", Self.filter, noReplace, Program.product("supastore")] + arguments
      return Run(try await Program.run(command, environment: supastore.environment))
    }
    let copies = tree["copies"]
    let first = try await filtered("download", "--conversation", "c", "-o", copies, "--no-cache", in: supastore)
    #expect(first.exitStatus == 0, "\(first.errors)")
    #expect(try tree.read("copies/f.txt") == Array("hello".utf8))
    let second = try await filtered("download", "--conversation", "c", "-o", copies, "--no-cache", in: supastore)
    #expect(second.exitStatus != 0 && second.errors.contains("f.txt"), "what is there is not replaced")
    let away = supastore.impatient.with(["SUPABASE_URL": "http://127.0.0.1:1", "SUPASTORE_MODE": "prefer"])
    let kept = try await filtered("upload", path, "--conversation", "d", in: away)
    // A database is never seen half made, so where no file gets a free name in one step there is none.
    #expect(kept.exitStatus == (noReplace == "with" ? 9 : 6), "\(kept.errors)")
  }
}
