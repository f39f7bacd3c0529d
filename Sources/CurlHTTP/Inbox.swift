import CSupastoreCurl
import Synchronization

/// What other threads ask of the loop's thread.
final class Inbox: Sendable {
  enum Message {
    case start(Transfer)
    case cancel(Transfer)
    /// Ends the loop; the continuation is resumed when every transfer has settled.
    case stop(CheckedContinuation<Void, Never>)
  }

  private struct State {
    var messages: [Message] = []
    /// The loop sleeps in `curl_multi_poll`, or is about to.
    var isAsleep = false
    var isClosed = false
  }

  private let state = Mutex(State())
  private let multi: MultiReference

  init(_ multi: MultiReference) {
    self.multi = multi
  }

  /// False, and nothing is done, once the inbox is closed.
  func post(_ messages: some Sequence<Message>) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.messages.append(contentsOf: messages)
      // Under the lock: the multi handle outlives an inbox that is not closed.
      if state.isAsleep, !state.messages.isEmpty {
        state.isAsleep = false
        multi.wake()
      }
      return true
    }
  }

  func post(_ message: Message) -> Bool {
    post(CollectionOfOne(message))
  }

  /// All messages so far. With `orSleep` and none there, the next one will wake the loop out of its poll.
  func take(orSleep: Bool) -> [Message] {
    state.withLock { state in
      state.isAsleep = orSleep && state.messages.isEmpty
      defer { state.messages.removeAll() }
      return state.messages
    }
  }

  /// Refuses all further messages and hands over those that were left.
  func close() -> [Message] {
    state.withLock { state in
      state.isClosed = true
      defer { state.messages.removeAll() }
      return state.messages
    }
  }
}

/// The multi handle as threads other than the loop's may know it.
///
/// Unchecked, because a pointer is not Sendable: the only use made of it is `curl_multi_wakeup`, the one function of
/// the multi interface that libcurl documents as callable from any thread; and `Inbox` calls that only under its lock
/// while it is open, which it is until the loop has ended and before the handle is freed.
struct MultiReference: @unchecked Sendable {
  private let pointer: UnsafeMutableRawPointer

  init(_ pointer: UnsafeMutableRawPointer) {
    self.pointer = pointer
  }

  func wake() {
    // Fails only for an invalid handle, or when the pipe is full, and then the loop wakes anyway.
    _ = curl_multi_wakeup(pointer)
  }
}
