package import CurlHTTP
package import StorageModel
package import SupabaseClient
import Synchronization

/// The one connection pool of a process to its project, and the count of what went over it.
package final class ServiceConnection: Sendable {
  private let client: HTTPClient
  private let count = Atomic<Int>(0)
  /// The `Date` of the latest answer that had one, and when it came.
  private let clock = Mutex<(time: Timestamp, at: ContinuousClock.Instant)?>(nil)

  /// The most time for an answer before the service gave its first one; nil for as much as each request has.
  private let patience: Duration?

  package init(_ client: HTTPClient, patience: Duration? = nil) {
    self.client = client
    self.patience = patience
  }

  /// Requests sent so far, retries included.
  var requestCount: Int { count.load(ordering: .relaxed) }

  /// Makes a call, performs it and reads its answer.
  /// - Parameter isPatient: whether even the first answer may take as long as the request has.
  package func answer<Answer: Sendable>(
    isPatient: Bool = false, to make: () throws(ServiceError) -> Call<Answer>
  ) async throws(StorageError) -> Answer {
    do throws(ServiceError) {
      var call = try make()
      if !isPatient, let patience, let limit = call.request.totalTimeLimit, serverTime == nil {
        call.request.totalTimeLimit = min(patience, limit)
      }
      count.wrappingAdd(1, ordering: .relaxed)
      let outcome: Result<HTTPReply, TransportError>
      do throws(TransportError) {
        let reply = try await client.perform(call.request)
        if let time = reply.header("Date").flatMap(Timestamp.init(httpDate:)) { clock.withLock { $0 = (time, .now) } }
        outcome = .success(reply)
      } catch {
        outcome = .failure(error)
      }
      return try call.answer(from: outcome)
    } catch {
      throw StorageError(error)
    }
  }

  /// The time by the service's clock; nil before any answer told it.
  var serverTime: Timestamp? {
    clock.withLock { $0 }.flatMap { $0.time.adding($0.at.duration(to: .now)) }
  }

  /// A batch of transfers; whoever submits to it says so with `willSend`.
  func batch() -> TransferBatch<Int> { client.batch(limit: 1) }

  func willSend(_ requests: Int) { count.wrappingAdd(requests, ordering: .relaxed) }

  var sentByteCount: Int64 { client.byteCounts.sent }
}
