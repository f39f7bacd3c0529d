import Testing

@testable import SupastoreShell

@Suite struct StreamedTableTests {
  private func table(_ width: Int?) -> StreamedTable {
    StreamedTable(
      [
        .init(title: "ID", width: 6), .init(title: "SIZE", width: 5, alignsRight: true, canBeMissed: true),
        .init(title: "WHEN", width: 4, canBeMissed: true), .init(title: "NAME"),
      ], width: width)
  }

  @Test func `columns stand below their titles`() {
    #expect(table(nil).header == "ID       SIZE  WHEN  NAME")
    #expect(table(nil).line(["abc", "1 B", "now", "x y"]) == "abc       1 B  now   x y")
    #expect(table(nil).line(["longer than six", "1 B", "now", "x"]) == "longer than six    1 B  now   x")
  }

  @Test func `what does not fit is cut, columns that can be missed go first`() {
    #expect(table(33).line(["abcdefgh", "1 B", "now", "name that is long"]) == "abcde…    1 B  now   name that i…")
    #expect(table(32).header == "ID       SIZE  NAME")
    #expect(table(26).header == "ID      NAME")
    #expect(table(10).line(["abcdef", "1 B", "now", "name"]) == "abcdef  n…")
    #expect(table(4).line(["abcdef", "1 B", "now", "name"]) == "abc…")
  }

  @Test func `control characters are escaped before anything is measured`() {
    #expect(table(40).line(["a", "b", "c", "\u{1b}[2J\n"]).hasSuffix(#"\x1b[2J\x0a"#))
  }

  @Test(arguments: [("abc", 3), ("文件", 4), ("e\u{301}", 1), ("🙂", 2), ("ﬁ", 1), ("", 0), ("가", 2)])
  func `wide characters take two columns, marks none`(_ text: String, _ count: Int) {
    #expect(text.columnCount == count)
    #expect(text.cut(toColumns: count) == text)
  }

  @Test func `a cut never splits what stands in two columns`() {
    #expect("文件名".cut(toColumns: 5) == "文件…")
    #expect("文件名".cut(toColumns: 4) == "文…")
  }

  @Test func `a field of CSV is quoted only where it must be`() {
    #expect(
      CSV.line(["a", nil, "", "b c", "d,e", "f\"g", "h\ni", "j\r\nk"])
        == "a,,\"\",b c,\"d,e\",\"f\"\"g\",\"h\ni\",\"j\r\nk\"\r\n")
    // A mark behind a quote leaves it a quote.
    #expect(Array(CSV.line(["a\"\u{301},b"]).utf8) == Array("\"a\"\"\u{301},b\"\r\n".utf8))
  }
}
