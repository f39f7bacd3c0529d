import CommandTable
import StorageFormats
import Testing

@Suite struct ValueTests {
  @Test(
    arguments: [
      ("0", 0), ("500", 500), ("7B", 7), ("64KiB", 65536), ("64kib", 65536), ("10MB", 10_000_000),
      ("10MiB", 10_485_760),
      ("2GiB", 2_147_483_648), ("3TB", 3_000_000_000_000), ("1PiB", 1 << 50), ("7EiB", 7 << 60),
    ] as [(String, Int64)])
  func `a size is read in units of 1000 and of 1024`(_ text: String, byteCount: Int64) {
    #expect(ByteSize(argument: RawArgument(text))?.byteCount == byteCount)
  }

  @Test(arguments: ["", "KiB", "-1", "1.5MiB", "1 MiB", "1XB", "1K", "8EiB", "9223372036854775808"])
  func `what is no size is refused`(_ text: String) {
    #expect(ByteSize(argument: RawArgument(text)) == nil)
  }

  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_575, "1.0 MiB"),
      (1_048_576, "1.0 MiB"),
      (1_572_864, "1.5 MiB"), (102_400, "100 KiB"), (102_399, "100 KiB"), (1023 << 10, "1023 KiB"),
      (52_428_800, "50.0 MiB"), (5 << 30, "5.0 GiB"), (Int64.max, "8.0 EiB"), (10_239, "10.0 KiB"),
    ] as [(Int64, String)])
  func `a size is shown in the unit that suits it`(_ byteCount: Int64, text: String) {
    #expect(ByteSize(byteCount).description == text)
  }

  @Test(
    arguments: [
      ("500ms", .milliseconds(500)), ("6s", .seconds(6)), ("10m", .seconds(600)), ("12h", .seconds(43200)),
      ("30d", .seconds(2_592_000)), ("0s", .zero),
    ] as [(String, Duration)])
  func `a duration is read with its unit`(_ text: String, duration: Duration) {
    #expect(Duration(argument: RawArgument(text)) == duration)
  }

  @Test(arguments: ["", "30", "d", "-1s", "1.5h", "1y", "1D", "9223372036854775807d"])
  func `what is no duration is refused`(_ text: String) {
    #expect(Duration(argument: RawArgument(text)) == nil)
  }

  @Test func `values print as they are typed`() {
    #expect(Duration.seconds(2_592_000).argumentText == "30d")
    #expect(Duration.seconds(90).argumentText == "90s")
    #expect(Duration.milliseconds(1500).argumentText == "1500ms")
    #expect(ByteSize(6 << 20).argumentText == "6MiB")
    #expect(ByteSize(1500).argumentText == "1500B")
    #expect(Kind.userUpload.argumentText == "user_upload")
  }

  @Test(arguments: [
    ("plain ü 漢 🙂", "plain ü 漢 🙂"), ("a\nb\t", "a\\x0ab\\x09"), ("\u{1B}]0;x\u{07}", "\\x1b]0;x\\x07"),
    ("\u{7F}\u{9B}", "\\x7f\\xc2\\x9b"), ("a\u{202E}b", "a\\xe2\\x80\\xaeb"), ("\u{2028}", "\\xe2\\x80\\xa8"), ("", ""),
  ])
  func `text cannot steer the terminal`(_ text: String, shown: String) {
    #expect(String(printable: text) == shown)
  }

  @Test func `bytes that are not UTF-8 are shown as escapes`() {
    #expect(String(printable: [0x61, 0xFF, 0x62]) == "a\\xffb")
    #expect(String(printable: [0xE2, 0x82]) == "\\xe2\\x82")
    #expect(String(printable: [0xC0, 0x80, 0x61]) == "\\xc0\\x80a")
    #expect(String(printable: [0xED, 0xA0, 0x80]) == "\\xed\\xa0\\x80")
    #expect(String(printable: [0x65, 0xCC, 0x81]).unicodeScalars.count == 2)
  }
}
