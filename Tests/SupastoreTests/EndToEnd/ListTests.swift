import TestSupport
import Testing

/// What `list` prints, in which form.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ListTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private func insertFiles(_ count: Int) throws {
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, size_bytes, created_at)
      select 'uploads/x/' || n, 'n' || n, n * 1000, timestamptz '2025-01-01' + (n / 7) * interval '1 s'
      from generate_series(1, \(count)) n
      """)
  }

  @Test func `people get a table with a header, the newest first, and are told that more follows`() async throws {
    try insertFiles(150)
    let run = try await supastore("ls")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 101)
    #expect(lines.first == "ID                                        SIZE  CREATED (UTC)     NAME")
    #expect(
      lines[1].wholeMatch(of: #/[0-9a-f-]{36}   14[456] KiB  2025-01-01 00:00  n1\d\d/#) != nil, "\(lines[1])"
    )
    let cursor = try #require(
      run.errors.wholeMatch(
        of: #/supastore: more files follow: show all with --all, or go on with --cursor ([A-Za-z0-9_-]+)\n/#)?.1)
    let rest = try await supastore("ls", "--cursor", String(cursor))
    #expect(rest.output.split(separator: "\n").count == 51 && rest.errors == "")
    #expect(Set(lines.dropFirst()).isDisjoint(with: rest.output.split(separator: "\n").dropFirst()))
    #expect(try await supastore("ls", "--quiet").errors == "")
    #expect(try await supastore("list", "--all").output.split(separator: "\n").count == 151)
  }

  @Test func `nothing found is said beside the result`() async throws {
    let run = try await supastore("list")
    #expect(run.exitStatus == 0 && run.output == "" && run.errors == "supastore: no file matches\n")
    let csv = try await supastore("list", "--csv")
    #expect(csv.output.hasPrefix("id,storage_path,") && csv.output.split(separator: "\r\n").count == 1)
    let paths = try await supastore("list", "-0")
    #expect(paths.exitStatus == 0 && paths.output == "")
    #expect(try await supastore("list", "--count").output == "0\n")
    let page = try await supastore("list", "--json").documents
    #expect(page == [["type": "page", "next": .null, "total": 0, "mode": "prefer", "backend": "supabase"]])
    #expect(try await supastore("list", "--conversation", "nosuch").exitStatus == 4)
  }

  @Test func `the last line of JSON says where to go on and how many there are`() async throws {
    try insertFiles(250)
    let first = try await supastore("list", "--json", "--limit", "100")
    #expect(try first.documents("file").count == 100 && first.errors == "")
    let page = try #require(try first.documents.last)
    #expect(page["type"] == "page" && page["total"] == 250)
    let cursor = try #require(page["next"]?.string)
    let second = try await supastore("list", "--json", "--limit", "150", "--cursor", cursor)
    #expect(try second.documents("file").count == 150)
    #expect(
      try second.documents.last == [
        "type": "page", "next": .null, "total": .null, "mode": "prefer", "backend": "supabase",
      ])
    #expect(try await supastore("list", "--count").output == "250\n")
    #expect(
      try await supastore("list", "--count", "--json").documents == [
        ["type": "count", "total": 250, "mode": "prefer", "backend": "supabase"]
      ])
  }

  @Test func `a count is one request without a body`() async throws {
    try insertFiles(3)
    supastore.project.forgetRequests()
    #expect(try await supastore("list", "--count", "--max-size", "2000").output == "2\n")
    #expect(supastore.project.requests().map(\.method) == ["HEAD"])
    supastore.project.forgetRequests()
    _ = try await supastore("list", "--json")
    #expect(supastore.project.requestCount == 1)
  }

  @Test func `CSV keeps every character and tells nothing from empty`() async throws {
    try supastore.project.query(
      """
      insert into files (id, storage_path, original_name, mime_type, size_bytes, file_type, created_at, metadata) values
      ('0d1f6f0e-5a3c-4b6e-9f7a-3c1d2e4f5a6b', 'a,b', E'say "hi"\\r\\nand\\tgo', '', null, 'cache', null,
       '{"sha256": "ab", "n": 12345678901234567890.5, "expires_at": "2026-01-01T00:00:00Z"}')
      """)
    let run = try await supastore("list", "--csv")
    let expected = """
      id,storage_path,original_name,mime_type,size_bytes,file_type,created_at,bucket,sha256,continuation_id,relative_path,\
      expires_at,metadata\r
      0d1f6f0e-5a3c-4b6e-9f7a-3c1d2e4f5a6b,"a,b","say ""hi""\r
      and\tgo","",,cache,,generated-files,ab,,,2026-01-01T00:00:00Z,"{""expires_at"":""2026-01-01T00:00:00Z"",\
      ""n"":12345678901234567890.5,""sha256"":""ab""}"\r\n
      """
    #expect(run.output == expected)
    let file = try #require(try await supastore("list", "--json").documents.first)
    #expect(file["metadata"]?["sha256"] == "ab" && file["expires_at"] == "2026-01-01T00:00:00Z")
    #expect(file["original_name"] == "say \"hi\"\r\nand\tgo")
    let table = try await supastore("list")
    #expect(
      table.output.split(separator: "\n").last?.hasSuffix(#"?  ?                 say "hi"\x0d\x0aand\x09go"#) == true)
  }

  @Test func `paths are separated by NUL for xargs`() async throws {
    try supastore.project.query(
      "insert into files (storage_path, original_name) values ('uploads/a b', 'x'), (E'uploads/c\\nd', 'y')")
    let run = try await supastore.script(#""$0" list -0 --sort path | xargs -0 -n 1 printf '[%s]'"#)
    #expect(run.output == "[uploads/a b][uploads/c\nd]")
  }

  @Test func `forms exclude each other, and what is no value is refused`() async throws {
    for arguments in [
      ["--json", "--csv"], ["--csv", "-0"], ["--json", "-0"], ["--count", "--csv"], ["--count", "--print0"],
      ["--cursor", "garbage"], ["--cursor", "Zm9vYmFyYmF6"], ["--cursor", ""], ["--sort", "up"], ["--mime", "image"],
      ["--mime", "*/*"], ["--mime", "image/p*"], ["--since", "yesterday"], ["--since", "2026-01-31T10:00:00"],
      ["--until", "7"], ["--min-size", "big"], ["--limit", "0"], ["--search", ""], ["--type", "none"],
    ] {
      let run = try await supastore.run(["list"] + arguments)
      #expect(run.exitStatus == 2 && run.output == "" && !run.errors.isEmpty, "\(arguments)")
    }
  }

  @Test func `on a terminal lines are as wide as it is, elsewhere nothing is cut`() async throws {
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, size_bytes) values
      ('a', repeat('long', 60), 1536), ('b', repeat('文件', 60), 1536)
      """)
    let pty = """
      import fcntl, os, pty, struct, sys, termios
      child, terminal = pty.fork()
      if child == 0:
          while os.get_terminal_size(1).columns != int(sys.argv[1]): pass
          os.execv(sys.argv[2], sys.argv[2:])
      fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
      while True:
          try: part = os.read(terminal, 4096)
          except OSError: break
          if not part: break
          os.write(1, part)
      """
    func lines(_ width: Int) async throws -> [Substring] {
      let command = try ["python3", "-c", pty, "\(width)", Program.product("supastore"), "list", "--sort", "path"]
      let run = Run(try await Program.run(command, environment: supastore.environment))
      return run.output.split(separator: "\r\n")
    }
    let wide = try await lines(100)
    #expect(wide.count == 3 && wide[0].hasPrefix("ID ") && wide[0].contains("CREATED (UTC)"))
    #expect(wide[1].count == 100 && wide[1].hasSuffix("longl…"), "\(wide)")
    #expect(wide[2].hasSuffix("文件…") && wide[2].count < 100, "\(wide)")
    let narrow = try await lines(60)
    #expect(narrow[0].hasPrefix("ID ") && !narrow[0].contains("CREATED") && narrow[1].count == 60, "\(narrow)")
    #expect(try await supastore("list").output.contains(String(repeating: "long", count: 60)))
  }
}
