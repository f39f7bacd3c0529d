internal import StorageCore

/// Decides when progress is shown and as what. Knows no clock and does no output: the time is handed in.
struct ProgressLine {
  enum Style: Hashable, Sendable {
    /// One line that is drawn again in place, at most ten times a second, cut to the terminal's width.
    case inPlace(width: Int)
    /// A line of its own every few seconds, for a log.
    case lines
    case silent
  }

  private struct Sample {
    let time: Duration
    let byteCount: Int64
  }

  let style: Style
  /// Samples at least `sampleDistance` apart, of the last `window`; the rate is taken over them.
  private var samples: [Sample] = []
  private var lastShown: Duration?

  private static let window = Duration.seconds(10)
  private static let sampleDistance = Duration.milliseconds(200)

  init(style: Style) {
    self.style = style
  }

  private var pause: Duration {
    switch style {
    case .inPlace: .milliseconds(100)
    case .lines, .silent: .seconds(5)
    }
  }

  /// What to show for the progress at `time`, which never goes back; `nil` when it is not time for it yet.
  mutating func text(for progress: Progress, at time: Duration) -> String? {
    note(progress, at: time)
    // A log has no use for a first line that says that nothing is done.
    let last = lastShown ?? (style == .lines ? samples.first?.time : nil)
    if style == .silent { return nil }
    if let last, time - last < pause { return nil }
    lastShown = time
    let line = progress.line(bytesPerSecond: bytesPerSecond)
    switch style {
    case .inPlace(let width): return String(line.prefix(max(width - 1, 1)))
    case .lines, .silent: return line
    }
  }

  private mutating func note(_ progress: Progress, at time: Duration) {
    if let last = samples.last, time - last.time < Self.sampleDistance { return }
    samples.append(Sample(time: time, byteCount: progress.byteCount))
    while samples.count > 2, time - samples[0].time > Self.window { samples.removeFirst() }
  }

  /// Over the window; unknown for the first second, in which it would mean nothing.
  private var bytesPerSecond: Double? {
    guard let first = samples.first, let last = samples.last, last.time - first.time >= .seconds(1) else { return nil }
    return max(0, Double(last.byteCount - first.byteCount)) / ((last.time - first.time) / .seconds(1))
  }
}
