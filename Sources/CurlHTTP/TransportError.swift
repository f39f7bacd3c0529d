/// A transfer that brought no usable answer.
public struct TransportError: Error, Sendable, Equatable {
  /// What is known about the request's effect; decides whether it may be sent again.
  public enum Outcome: Sendable, Equatable {
    /// Not one byte of the request reached the server.
    case nothingSent
    /// Bytes went out and no answer, or only a part of one, came back.
    case unknown
    /// The answer's head came, but not its whole body.
    case answered(status: Int)
  }

  public enum Reason: Sendable, Equatable {
    case invalidRequest
    case nameNotResolved
    case connectionRefused
    case unreachable
    case tls
    case proxy
    case connectTimedOut
    case stalled
    case timedOut
    case connectionLost
    case answerTooLong
    case malformedAnswer
    /// The file that was being sent ended before its announced length, could not be read, or was written to.
    case sourceEnded
    /// Its receiver gave the answer up.
    case notTaken
    case cancelled
    case outOfMemory
    /// libcurl's own code and text for anything else.
    case other(code: Int32)
  }

  public var reason: Reason
  public var outcome: Outcome
  /// One line for people, in lower case, without URL, header or body.
  public var message: String

  public init(_ reason: Reason, _ outcome: Outcome, _ message: String) {
    self.reason = reason
    self.outcome = outcome
    self.message = message
  }
}
