/// Some of a file's bytes, as a person asks for them.
public enum ByteRange: Hashable, Sendable {
  /// From an offset through another, both counted from 0 and both included; without the second to the end.
  case from(Int64, through: Int64?)
  /// The last bytes, so many of them or all there are.
  case last(Int64)

  /// `A-B`, `A-` or `-N`, as in HTTP; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
    switch (Int64(ends[0]), Int64(ends[1])) {
    case (let first?, let last?) where first <= last: self = .from(first, through: last)
    case (let first?, nil) where ends[1].isEmpty: self = .from(first, through: nil)
    case (nil, let count?) where ends[0].isEmpty && count > 0: self = .last(count)
    default: return nil
    }
  }

  /// Which bytes these are of a file with `byteCount`; nil when it ends before them, or there are no such bytes of any
  /// file. Of an empty file the last ones are none.
  public func resolved(in byteCount: Int64) -> Range<Int64>? {
    switch self {
    case .last(let count):
      guard byteCount >= 0, count >= 0 else { return nil }
      return max(0, byteCount - count)..<byteCount
    case .from(let first, let last):
      guard first >= 0, first < byteCount, first <= last ?? first else { return nil }
      return first..<(last.map { min($0, byteCount - 1) + 1 } ?? byteCount)
    }
  }
}
