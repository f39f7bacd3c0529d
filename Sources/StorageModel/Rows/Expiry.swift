/// From when on a file may be cleaned away.
public enum Expiry: Hashable, Sendable {
  /// So long after it is stored.
  case after(Duration)
  /// From then on it may be cleaned away.
  case at(Timestamp)

  /// The moment, for a file that is stored at `now`; nil beyond the year 9999.
  /// - Parameter now: by the server's clock, which is the one that cleanup looks at.
  public func moment(storedAt now: Timestamp) -> Timestamp? {
    switch self {
    case .after(let duration): now.adding(duration)
    case .at(let moment): moment
    }
  }
}
