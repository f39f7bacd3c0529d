internal import CurlHTTP
internal import SupabaseClient
import Synchronization

/// The one connection pool of a process to its project, and the count of what went over it.
final class ServiceConnection: Sendable {
  private let client: HTTPClient
  private let count = Atomic<Int>(0)

  init(_ client: HTTPClient) {
    self.client = client
  }

  /// Requests sent so far, retries included.
  var requestCount: Int { count.load(ordering: .relaxed) }

  /// Makes a call, performs it and reads its answer.
  func answer<Answer: Sendable>(
    to make: () throws(ServiceError) -> Call<Answer>
  ) async throws(StorageError) -> Answer {
    do throws(ServiceError) {
      let call = try make()
      count.wrappingAdd(1, ordering: .relaxed)
      let outcome: Result<HTTPReply, TransportError>
      do throws(TransportError) {
        outcome = .success(try await client.perform(call.request))
      } catch {
        outcome = .failure(error)
      }
      return try call.answer(from: outcome)
    } catch {
      throw StorageError(error)
    }
  }

  /// A batch of transfers; whoever submits to it says so with `willSend`.
  func batch() -> TransferBatch<Int> { client.batch(limit: 1) }

  func willSend(_ requests: Int) { count.wrappingAdd(requests, ordering: .relaxed) }

  var sentByteCount: Int64 { client.byteCounts.sent }
}
