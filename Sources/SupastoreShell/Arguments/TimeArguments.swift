public import CommandTable
public import StorageCore

extension Timestamp {
  fileprivate init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(text)
  }
}

extension Expiry: ArgumentValue {
  /// `30d`, or a date or time with its offset.
  public init?(argument: RawArgument) {
    if let duration = Duration(argument: argument) {
      guard duration > .zero else { return nil }
      self = .after(duration)
    } else if let moment = Timestamp(argument: argument) {
      self = .at(moment)
    } else {
      return nil
    }
  }

  public static var kind: ValueKind { .text }
  public static var expected: String {
    "a duration such as 12h or 30d, a date such as 2026-12-31 or a time such as 2026-12-31T10:00:00Z"
  }
  public var argumentText: String {
    switch self {
    case .after(let duration): duration.argumentText
    case .at(let moment): moment.description
    }
  }
}

/// A moment that a person names by how long ago it was, or by its date.
package enum PastMoment: ArgumentValue, Hashable {
  case ago(Duration)
  case at(Timestamp)

  /// `12h`, or a date or time with its offset.
  package init?(argument: RawArgument) {
    if let duration = Duration(argument: argument) {
      self = .ago(duration)
    } else if let moment = Timestamp(argument: argument) {
      self = .at(moment)
    } else {
      return nil
    }
  }

  package static var kind: ValueKind { .text }
  package static var expected: String { Expiry.expected }
  package var argumentText: String {
    switch self {
    case .ago(let duration): duration.argumentText
    case .at(let moment): moment.description
    }
  }

  /// Nil before the year 1.
  package func moment(before now: Timestamp) -> Timestamp? {
    switch self {
    case .ago(let duration): now.adding(.zero - duration)
    case .at(let moment): moment
    }
  }
}
