import CommandTable
import Testing

@Suite struct AnyLineTests {
  /// A small generator with a seed, so that a failure can be repeated.
  private struct Dice {
    var state: UInt64

    mutating func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(sides))
    }
  }

  private static let pieces = [
    "migrate", "copy", "config", "show", "path", "--", "-", "--jobs", "-j", "8", "=", "--no-", "progress", "-q", "-5",
    "--json", "sb_secret_SGVsbG8", "\u{1B}", "ü", "", "--include", "x",
  ]

  @Test(arguments: 0..<20)
  func `any line is understood or refused, harmlessly and with a hint`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    for _ in 0..<500 {
      let line = (0..<dice.roll(6)).map { _ -> RawArgument in
        var bytes = (0...dice.roll(2)).flatMap { _ in Array(Self.pieces[dice.roll(Self.pieces.count)].utf8) }
        if dice.roll(8) == 0 { bytes.append(UInt8(dice.roll(256))) }
        return RawArgument(bytes: bytes)
      }
      do throws(UsageError) {
        _ = try Sample.program.parse(line)
      } catch {
        let text = error.message + error.hint
        #expect(!error.message.isEmpty && !error.hint.isEmpty, "\(line)")
        #expect(String(printable: text) == text, "\(line)")
        #expect(!text.contains("SGVsbG8"), "\(line)")
      }
    }
  }
}
