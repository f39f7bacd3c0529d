import FoundationEssentials

/// The routes under `/_standin/`:
///
/// - `POST faults` with a list of `Fault`s adds them; `DELETE faults` removes all.
/// - `GET requests` → `{"count", "requests": [{"method", "target", "status"}]}`; `DELETE requests` starts anew.
/// - `POST reset` makes the project new, removes the faults and forgets the requests. A body `{"env": {…}}` sets what
///   `StorageSettings` knows.
/// - `POST remove-blob`, `POST restore-blob` with `{"bucket", "key"}`: the stored bytes, not the row.
/// - `POST database` with `{"state": "up" | "down"}` starts or stops PostgreSQL.
///
/// Done: 200 and `{}`. Not done: 4xx or 500 and `{"message"}`.
struct ControlService: HTTPService {
  static let prefix = "/_standin/"

  let project: ProjectState
  let faults: FaultPlan
  let requests: RequestLog

  /// A body that is not what the route takes, or a route that is none.
  private struct Refusal: Error {
    let status: Int
    let message: String
  }

  private struct DatabaseOrder: Decodable {
    enum State: String, Decodable { case up, down }
    let state: State
  }

  private struct ResetOrder: Decodable {
    let env: [String: String]?
  }

  private struct BlobOrder: Decodable {
    let bucket: String
    let key: String
  }

  private struct Report: Encodable {
    let count: Int
    let requests: [RequestLog.Entry]
  }

  private struct Message: Encodable {
    let message: String
  }

  func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    let body = try request.body.readAll(limit: 1 << 20) ?? []
    let route = request.target.dropFirst(Self.prefix.utf8.count)
    do {
      let answer = try perform("\(request.method) \(String(decoding: route, as: UTF8.self))", body)
      return .json(200, "OK", answer)
    } catch let refusal as Refusal {
      return Self.failure(refusal.status, refusal.message)
    } catch let error as DecodingError {
      return Self.failure(400, "\(error)")
    } catch {
      return Self.failure(500, "\(error)")
    }
  }

  func reset(environment: [String: String] = [:]) throws {
    try project.reset(environment: environment)
    faults.removeAll()
    requests.removeAll()
  }

  private func perform(_ route: String, _ body: [UInt8]) throws -> String {
    switch route {
    case "POST faults": faults.add(try decode([Fault].self, from: body))
    case "DELETE faults": faults.removeAll()
    case "GET requests":
      let report = try JSONEncoder().encode(Report(count: requests.count, requests: requests.entries))
      return String(decoding: report, as: UTF8.self)
    case "DELETE requests": requests.removeAll()
    case "POST reset":
      try reset(environment: body.isEmpty ? [:] : try decode(ResetOrder.self, from: body).env ?? [:])
    case "POST remove-blob", "POST restore-blob":
      let order = try decode(BlobOrder.self, from: body)
      try project.setHidden(route == "POST remove-blob", bucket: order.bucket, key: order.key)
    case "POST database": try project.setDatabase(isUp: try decode(DatabaseOrder.self, from: body).state == .up)
    default: throw Refusal(status: 404, message: "no such control route: \(route)")
    }
    return "{}"
  }

  private func decode<Value: Decodable>(_ type: Value.Type, from body: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(body))
  }

  private static func failure(_ status: Int, _ message: String) -> HTTPResponse {
    let body = (try? JSONEncoder().encode(Message(message: message))) ?? Data()
    return .json(status, status == 404 ? "Not Found" : "Error", String(decoding: body, as: UTF8.self))
  }
}

/// Tells the control routes from the project's.
struct FrontDoor: HTTPService {
  let control: ControlService
  let project: any HTTPService

  func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    if request.target.starts(with: ControlService.prefix.utf8) { return try control.respond(to: request) }
    return try project.respond(to: request)
  }
}
