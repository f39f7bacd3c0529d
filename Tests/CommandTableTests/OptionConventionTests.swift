import CommandTable
import Testing

@Suite struct OptionConventionTests {
  @Test(arguments: [["--jobs=8"], ["--jobs", "8"], ["-j8"], ["-j", "8"], ["-nj8"], ["-nj", "8"]])
  func `an option's value follows in every customary way`(_ line: [String]) throws {
    let arguments = try Sample.run((["migrate"] + line).map { RawArgument($0) }).arguments
    #expect(arguments[Sample.jobs] == 8)
    #expect(arguments[Sample.dryRun] == line[0].hasPrefix("-n"))
  }

  @Test func `what is not given has its default`() throws {
    let arguments = try Sample.migrating()
    #expect(arguments[Sample.jobs] == 4)
    #expect(arguments[Sample.offset] == nil)
    #expect(arguments[Sample.include] == [])
    #expect(arguments[Sample.kind] == .userUpload)
    #expect(arguments[Sample.dryRun] == false)
    #expect(arguments[Sample.progress] == true)
    #expect(arguments[Sample.json] == false)
    #expect(arguments[Sample.directories] == [])
  }

  @Test func `short flags can be grouped`() throws {
    let arguments = try Sample.migrating("-qvn")
    #expect(arguments[Sample.quiet] && arguments[Sample.verbose] && arguments[Sample.dryRun])
  }

  @Test func `a negatable flag has a no form and the last one counts`() throws {
    #expect(try Sample.migrating("--no-progress")[Sample.progress] == false)
    #expect(try Sample.migrating("--no-progress", "--progress")[Sample.progress] == true)
  }

  @Test func `a dash and a digit is an option where there is one, else a number`() throws {
    #expect(try Sample.run("config", "path", "-0").arguments[Sample.zero])
    #expect(try Sample.run("config", "path", "--depth", "-1", "-0q").arguments[Sample.depth] == -1)
    #expect(try Sample.migrating("-0")[Sample.directories] == [BytePath("-0")])
    #expect(throws: UsageError.self) { try Sample.run("config", "path", "--depth", "-0") }
  }

  @Test func `options may follow operands`() throws {
    let arguments = try Sample.migrating("a", "--jobs", "2", "b", "-n")
    #expect(arguments[Sample.directories] == [BytePath("a"), BytePath("b")])
    #expect(arguments[Sample.jobs] == 2)
    #expect(arguments[Sample.dryRun])
  }

  @Test func `after two dashes everything is an operand`() throws {
    let arguments = try Sample.migrating("-n", "--", "--jobs", "-q", "--", "--help")
    #expect(arguments[Sample.directories] == ["--jobs", "-q", "--", "--help"].map { BytePath($0) })
    #expect(arguments[Sample.quiet] == false)
  }

  @Test func `a repeated option collects in order`() throws {
    #expect(try Sample.migrating("--include=b", "--include", "a", "--include=")[Sample.include] == ["b", "a", ""])
  }

  @Test func `of several values for an option that has one the last counts`() throws {
    #expect(try Sample.migrating("-j2", "--jobs=3")[Sample.jobs] == 3)
    #expect(try Sample.migrating("--offset=2", "--offset=3")[Sample.offset] == 3)
  }

  @Test func `a single dash is a value and an operand`() throws {
    let arguments = try Sample.migrating("-o", "-", "-")
    #expect(arguments[Sample.output] == BytePath("-"))
    #expect(arguments[Sample.directories] == [BytePath("-")])
  }

  @Test(arguments: [["--offset", "-5"], ["--offset=-5"]])
  func `negative numbers are values`(_ line: [String]) throws {
    #expect(try Sample.run((["migrate"] + line).map { RawArgument($0) }).arguments[Sample.offset] == -5)
  }

  @Test func `a negative number can be an operand`() throws {
    #expect(try Sample.migrating("-5")[Sample.directories] == [BytePath("-5")])
  }

  @Test func `an equals sign belongs to the value from the second on`() throws {
    #expect(try Sample.migrating("--include=a=b")[Sample.include] == ["a=b"])
  }

  @Test func `a value that begins with a dash is written with an equals sign`() throws {
    #expect(try Sample.migrating("--include=-x")[Sample.include] == ["-x"])
  }

  @Test func `global options stand before and after the command`() throws {
    let before = try Sample.run("--json", "--env-file", "x", "migrate").arguments
    let after = try Sample.run("migrate", "--env-file=x", "--json").arguments
    for arguments in [before, after] {
      #expect(arguments[Sample.json])
      #expect(arguments[Sample.environmentFile] == BytePath("x"))
    }
  }

  @Test func `operands keep every byte`() throws {
    let odd = RawArgument(bytes: [0x66, 0xFF, 0xFE, 0x0A])
    let given = [RawArgument("migrate"), odd, RawArgument(bytes: Array("--output=".utf8) + odd.bytes)]
    let arguments = try Sample.run(given).arguments
    #expect(arguments[Sample.directories] == [BytePath(bytes: odd.bytes)])
    #expect(arguments[Sample.output] == BytePath(bytes: odd.bytes))
    let short = RawArgument(bytes: Array("-o".utf8) + odd.bytes)
    #expect(try Sample.run([RawArgument("migrate"), short]).arguments[Sample.output] == BytePath(bytes: odd.bytes))
  }

  @Test func `the arguments of this process are read as bytes`() {
    #expect(RawArgument.ofThisProcess().map(\.text) == CommandLine.arguments.dropFirst().map { $0 })
  }
}
