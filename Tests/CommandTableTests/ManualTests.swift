import CommandTable
import Testing

@Suite struct ManualTests {
  private func page(_ name: String, of program: Program = Sample.program) throws -> String {
    try #require(program.manual(version: "1.2").first { $0.name == name }).source
  }

  @Test func `the program and each command have a page`() {
    #expect(
      Sample.program.manual(version: "1.2").map(\.name)
        == ["sample.1", "sample-migrate.1", "sample-copy.1", "sample-config-show.1", "sample-config-path.1"])
  }

  @Test func `the page of a command holds all of its table but what is hidden`() throws {
    let page = try page("sample-migrate.1")
    #expect(
      page.hasPrefix(
        #".TH "SAMPLE\-MIGRATE" 1 "" "sample 1.2""# + "\n.SH NAME\n" + #"sample\-migrate \- Move directories"#))
    for part in [
      ".SH \"SYNOPSIS\"\n\\fBsample migrate\\fR [OPTIONS] [DIR...]\n.PP\n\\fBsample mv\\fR [OPTIONS] [DIR...]\n",
      ".SH \"DESCRIPTION\"\nMove directories.\n.PP\nThe first paragraph.\n.PP\nThe second one.\n",
      ".SH \"ARGUMENTS\"\n.TP\n\\fB[DIR...]\\fR\nWhat to move.\n",
      ".TP\n\\fB\\-j, \\-\\-jobs N\\fR\nTransfers at once. Default: 4.\n",
      ".TP\n\\fB\\-\\-[no\\-]progress\\fR\nShow progress. Default: on.\n",
      ".TP\n\\fB\\-q, \\-\\-quiet\\fR\nPrint less.\n",
      ".SH \"EXAMPLES\"\nMove one directory:\n.PP\n.RS 4\n.nf\nsample migrate ./docs\n.fi\n.RE\n",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("documentation"))
  }

  @Test func `the page of the program lists commands and topics`() throws {
    let page = try page("sample.1")
    #expect(page.contains(".TP\n\\fBsample\\-migrate(1), sample mv\\fR\nMove directories.\n"))
    #expect(page.contains(".SH \"EXIT\\-CODES\"\nScripts can rely on them.\n.TP\n\\fB0\\fR\ndone\n"))
    #expect(page.contains(".nf\nas  it is\n.fi\n"))
  }

  @Test func `text comes out as it is, whatever roff would make of it`() throws {
    let command = Declaration(
      "x", abstract: "X",
      discussion: ".TH at the beginning\n'so\n\nback\\slash, 'quotes', \"more\", --hyphen, `~^ and ä…\u{1F600}",
      examples: [Example(".x 'a b' \\", "Do")])
    let topic = Topic("t", abstract: "T", manualSection: "TEE") { [.paragraph("Everywhere.")] }
    let program = Program("p", abstract: "P", footer: "", globalOptions: [], commands: [command], topics: [topic])
    let page = try page("p-x.1", of: program)
    #expect(page.contains("\n\\&.TH at the beginning\n\\&\\(aqso\n.PP\n"))
    #expect(
      page.contains(
        #"back\eslash, \(aqquotes\(aq, \(dqmore\(dq, \-\-hyphen, \(ga\(ti\(ha and \[u00E4]\[u2026]\[u1F600]"#))
    #expect(page.contains("\n\\&.x \\(aqa b\\(aq \\e\n"))
    #expect(page.contains(".SH \"TEE\"\nEverywhere.\n"))
  }
}
