internal import CurlHTTP
internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient
import Synchronization

/// A lane of uploads over the project's connection pool.
final class RemoteUploadLane: UploadLane {
  typealias Outcome = (tag: Int, result: Result<Placement, StorageError>)

  private struct State {
    /// How the answer to each upload under way is read.
    var calls: [Int: Call<UploadedObject>] = [:]
    /// Refused before they were sent.
    var refused: [Outcome] = []
  }

  private let storage: StorageClient
  private let connection: ServiceConnection
  private let transfers: TransferBatch<Int>
  private let state = Mutex(State())
  private let sentBefore: Int64

  init(_ connection: ServiceConnection, _ storage: StorageClient) {
    self.storage = storage
    self.connection = connection
    transfers = connection.batch()
    sentBefore = connection.sentByteCount
  }

  func limit(to count: Int) { transfers.limit = count }
  func cancelAll() { transfers.cancelAll() }
  var sentByteCount: Int64 { connection.sentByteCount - sentBefore }

  func submit(_ uploads: [(tag: Int, upload: ObjectUpload)]) {
    var jobs: [TransferBatch<Int>.Job] = []
    state.withLock { state in
      for (tag, upload) in uploads {
        do throws(ServiceError) {
          let call = try storage.call(for: upload)
          state.calls[tag] = call
          jobs.append((tag, call.request))
        } catch {
          state.refused.append((tag, .failure(StorageError(error))))
        }
      }
    }
    connection.willSend(jobs.count)
    transfers.submit(jobs)
  }

  func settled() async -> [Outcome] {
    let refused = state.withLock { state in
      defer { state.refused = [] }
      return state.refused
    }
    if !refused.isEmpty { return refused }
    let settled = await transfers.settled()
    // What was cancelled in the queue never became a request.
    connection.willSend(-settled.count { Self.wasNeverSent($0.outcome) })
    return state.withLock { state in
      settled.compactMap { tag, outcome in
        state.calls.removeValue(forKey: tag).map { (tag, Self.placement(from: $0, outcome)) }
      }
    }
  }

  private static func wasNeverSent(_ outcome: Result<HTTPReply, TransportError>) -> Bool {
    guard case .failure(let error) = outcome else { return false }
    return error.reason == .cancelled && error.outcome == .nothingSent
  }

  private static func placement(
    from call: Call<UploadedObject>, _ outcome: Result<HTTPReply, TransportError>
  ) -> Result<Placement, StorageError> {
    do throws(ServiceError) {
      _ = try call.answer(from: outcome)
      return .success(.sent)
    } catch {
      let error = StorageError(error)
      return error.code == .conflict ? .success(.alreadyThere) : .failure(error)
    }
  }
}
