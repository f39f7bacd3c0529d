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

  private struct State {
    var count = 0
    var entries: [Entry] = []
  }

  private let state = Mutex(State())

  /// All requests since the last reset.
  package var count: Int { state.withLock(\.count) }

  /// The latest `capacity` of them, oldest first.
  package var entries: [Entry] { state.withLock { $0.entries.suffix(Self.capacity) } }

  package func removeAll() {
    state.withLock { $0 = State() }
  }

  func add(method: String, target: [UInt8], status: Int) {
    let entry = Entry(method: method, target: String(decoding: target.prefix(500), as: UTF8.self), status: status)
    state.withLock { state in
      state.count += 1
      if state.entries.count == 2 * Self.capacity { state.entries.removeFirst(Self.capacity) }
      state.entries.append(entry)
    }
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
