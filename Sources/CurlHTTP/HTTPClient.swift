/// An HTTP/1.1 client: one thread runs libcurl's multi interface for all transfers of the scope it lives in.
///
/// A refused body costs its connection, never the next request: an answer of 400 or more to a request with a body closes
/// the connection it came on, for some servers stop reading such a body and still say keep-alive.
public final class HTTPClient: Sendable {
  private let inbox: Inbox
  private let counter: ByteCounter

  init(inbox: Inbox, counter: ByteCounter) {
    self.inbox = inbox
    self.counter = counter
  }

  /// Runs `body` with a client that lives as long as it does. When `body` ends, every transfer still open settles as
  /// cancelled, the connections are closed and the thread has ended before this returns.
  ///
  /// Throws `TransportError` when libcurl or the thread cannot be set up, else what `body` throws.
  public static func withRunning<R>(
    _ configuration: HTTPConfiguration, isolation: isolated (any Actor)? = #isolation,
    _ body: (HTTPClient) async throws -> R
  ) async throws -> R {
    let counter = ByteCounter()
    let thread = try LoopThread(configuration, counter)
    let result: Result<R, any Error>
    do {
      result = .success(try await body(HTTPClient(inbox: thread.inbox, counter: counter)))
    } catch {
      result = .failure(error)
    }
    await thread.end()
    return try result.get()
  }

  /// Over all transfers of this client; cheap, from any thread.
  public var byteCounts: ByteCounts { counter.counts }

  /// Sends one request and waits for its whole answer, of any status. When the task is cancelled, even before it came
  /// here, the transfer is dropped and this throws `.cancelled`; its outcome tells what may have reached the server.
  public func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPReply {
    let transfer = Transfer(request)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<TransferOutcome, Never>) in
        transfer.receive { continuation.resume(returning: $0) }
        if !inbox.post(.start(transfer)) { transfer.settleUnlessTaken() }
      }
    } onCancel: {
      if !inbox.post(.cancel(transfer)) { transfer.settleUnlessTaken() }
    }
    return try outcome.get()
  }

  /// A batch for bulk work, of which at most `limit` transfers are in flight at once.
  public func batch<Tag: Sendable>(of tags: Tag.Type = Tag.self, limit: Int) -> TransferBatch<Tag> {
    TransferBatch(inbox, limit: limit)
  }
}
