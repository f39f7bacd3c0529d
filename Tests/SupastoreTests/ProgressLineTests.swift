import StorageRunning
import Testing

@testable import SupastoreShell

@Suite struct ProgressLineTests {
  private static let mebibyte: Int64 = 1 << 20

  private func progress(_ files: Int, _ mebibytes: Int64, of totalFiles: Int = 0, _ total: Int64 = 0) -> Progress {
    Progress(
      fileCount: files, byteCount: mebibytes * Self.mebibyte, totalFileCount: totalFiles,
      totalByteCount: total * Self.mebibyte)
  }

  @Test func `what is not known is not shown`() {
    #expect(progress(3, 2).line(bytesPerSecond: nil) == "3 files, 2.0 MiB")
    #expect(progress(3, 2, of: 9, 50).line(bytesPerSecond: nil) == "3 of 9 files, 2.0 MiB of 50.0 MiB")
    #expect(progress(3, 2).line(bytesPerSecond: 1_048_576) == "3 files, 2.0 MiB, 1.0 MiB/s")
    #expect(
      progress(3, 2, of: 9, 50).line(bytesPerSecond: 1_048_576)
        == "3 of 9 files, 2.0 MiB of 50.0 MiB, 1.0 MiB/s, 48s left")
    #expect(progress(3, 2, of: 9, 50).line(bytesPerSecond: 0) == "3 of 9 files, 2.0 MiB of 50.0 MiB, 0 B/s")
    #expect(
      progress(9, 50, of: 9, 50).line(bytesPerSecond: 1024) == "9 of 9 files, 50.0 MiB of 50.0 MiB, 1.0 KiB/s")
  }

  @Test func `a terminal is drawn at most ten times a second`() {
    var line = ProgressLine(style: .inPlace(width: 80))
    let shown = (0..<200).filter { line.text(for: progress($0, 0), at: .milliseconds(5 * $0)) != nil }
    #expect(shown == Array(stride(from: 0, to: 200, by: 20)))
  }

  @Test func `a log gets a line every five seconds and none at the start`() {
    var line = ProgressLine(style: .lines)
    let shown = (0...12).filter { line.text(for: progress($0, 0), at: .seconds($0)) != nil }
    #expect(shown == [5, 10])
  }

  @Test func `silence is silent`() {
    var line = ProgressLine(style: .silent)
    #expect((0...60).allSatisfy { line.text(for: progress($0, 0), at: .seconds($0)) == nil })
  }

  @Test func `the rate is that of the last ten seconds`() {
    var line = ProgressLine(style: .inPlace(width: 200))
    var text: String?
    // A minute at 1 MiB/s, then twenty seconds at 3 MiB/s.
    for second in Int64(0)...60 { text = line.text(for: progress(0, second), at: .seconds(second)) }
    #expect(text == "0 files, 60.0 MiB, 1.0 MiB/s")
    for second in Int64(1)...20 { text = line.text(for: progress(0, 60 + 3 * second), at: .seconds(60 + second)) }
    #expect(text == "0 files, 120 MiB, 3.0 MiB/s")
  }

  @Test func `a stall brings the rate to nothing and takes the estimate away`() {
    var line = ProgressLine(style: .inPlace(width: 200))
    var text: String?
    for second in Int64(0)...30 {
      text = line.text(for: progress(1, min(second, 10), of: 2, 20), at: .seconds(second))
    }
    #expect(text == "1 of 2 files, 10.0 MiB of 20.0 MiB, 0 B/s")
  }

  @Test func `there is no rate in the first second`() {
    var line = ProgressLine(style: .inPlace(width: 200))
    #expect(line.text(for: progress(0, 0), at: .zero) == "0 files, 0 B")
    #expect(line.text(for: progress(0, 100), at: .milliseconds(900)) == "0 files, 100 MiB")
  }

  @Test func `what falls back is no negative rate`() {
    var line = ProgressLine(style: .inPlace(width: 200))
    _ = line.text(for: progress(0, 5), at: .zero)
    #expect(line.text(for: progress(0, 1), at: .seconds(2)) == "0 files, 1.0 MiB, 0 B/s")
  }

  @Test func `the line never wraps`() {
    var line = ProgressLine(style: .inPlace(width: 12))
    #expect(line.text(for: progress(123_456, 1), at: .zero) == "123456 file")
  }

  @Test(
    arguments: [
      (.milliseconds(850), "850ms"), (.seconds(42), "42s"), (.seconds(185), "3m 05s"), (.seconds(3720), "1h 02m"),
      (.seconds(183_600), "2d 03h"), (.zero, "0ms"), (.seconds(60), "1m 00s"),
    ] as [(Duration, String)])
  func `a duration is shown in two units at most`(_ duration: Duration, text: String) {
    #expect(duration.brief == text)
  }
}
