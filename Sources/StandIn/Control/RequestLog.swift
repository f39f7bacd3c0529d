import Synchronization

/// The requests that were answered, for tests that count them. Safe to use from many threads.
package final class RequestLog: Sendable {
  package struct Entry: Codable, Sendable {
    package let method: String
    /// Path and query as the client sent them, cut after 500 bytes.
    package let target: String
    /// As the service answered, even when a fault kept it from the client.
    package let status: Int
  }

  /// How many of the latest entries are kept.
  static let capacity = 10_000

  fileprivate struct State {
    var count = 0
    var entries: [Entry] = []
    var waiting: [Int: Waiting] = [:]
    var nextWaiting = 0
  }

  fileprivate struct Waiting {
    let route: Fault
    var rest: Int
    let continuation: CheckedContinuation<Void, Never>
  }

  private let state = Mutex(State())

  /// All requests since the last reset.
  package var count: Int { state.withLock(\.count) }

  /// The latest `capacity` of them, oldest first.
  package var entries: [Entry] { state.withLock { $0.entries.suffix(Self.capacity) } }

  package func removeAll() {
    state.withLock { state in
      state.count = 0
      state.entries = []
    }
  }

  /// Waits until the log holds `count` requests on a route, written as in a `Fault`; a cancelled task waits no longer.
  package func wait(for count: Int = 1, on route: String) async {
    let route = Fault(.delay, on: route)
    let key = state.withLock { state in
      state.nextWaiting += 1
      return state.nextWaiting
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          let rest = count - state.entries.count { route.fits(method: $0.method, target: Array($0.target.utf8)) }
          guard !Task.isCancelled, rest > 0 else { return false }
          state.waiting[key] = Waiting(route: route, rest: rest, continuation: continuation)
          return true
        }
        if !isWaiting { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: key) }?.continuation.resume()
    }
  }

  func add(method: String, target: [UInt8], status: Int) {
    let entry = Entry(method: method, target: String(decoding: target.prefix(500), as: UTF8.self), status: status)
    let satisfied = state.withLock { state in
      state.count += 1
      if state.entries.count == 2 * Self.capacity { state.entries.removeFirst(Self.capacity) }
      state.entries.append(entry)
      return state.countDown(method: method, target: target)
    }
    for continuation in satisfied { continuation.resume() }
  }
}

extension RequestLog.State {
  /// Counts the request for everybody who waits for it, and takes out those who have waited enough.
  fileprivate mutating func countDown(method: String, target: [UInt8]) -> [CheckedContinuation<Void, Never>] {
    var satisfied: [CheckedContinuation<Void, Never>] = []
    for (key, entry) in waiting where entry.route.fits(method: method, target: target) {
      waiting[key]?.rest -= 1
      if entry.rest == 1 {
        waiting[key] = nil
        satisfied.append(entry.continuation)
      }
    }
    return satisfied
  }
}

/// A service whose answers are noted.
struct LoggingService: HTTPService {
  private let service: any HTTPService
  private let log: RequestLog

  init(_ service: any HTTPService, log: RequestLog) {
    self.service = service
    self.log = log
  }

  func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    do throws(HTTPConnectionError) {
      let response = try service.respond(to: request)
      log.add(method: request.method, target: request.target, status: response.status)
      return response
    } catch {
      log.add(method: request.method, target: request.target, status: 0)
      throw error
    }
  }
}
