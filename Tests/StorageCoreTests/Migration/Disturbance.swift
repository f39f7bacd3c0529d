import StandIn
import Testing

/// A fault that passes.
struct Disturbance: Sendable, CustomTestStringConvertible {
  static let upload = "POST /storage/v1/object/user-files/*"
  static let list = "POST /storage/v1/object/list-v2/*"
  static let rows = "POST /rest/v1/files"
  static let links = "POST /rest/v1/conversation_files"
  static let conversations = "POST /rest/v1/conversations"

  let testDescription: String
  let fault: Fault

  private init(
    _ name: String, _ action: Fault.Action, on route: String, nth: Int = 1, _ change: (inout Fault) -> Void = { _ in }
  ) {
    var fault = Fault(action, on: route, nth: nth)
    change(&fault)
    testDescription = name
    self.fault = fault
  }

  static let passing = [
    Disturbance("429", .status, on: upload, nth: 3) {
      $0.status = 429
      $0.headers = ["Retry-After": "7"]
    },
    Disturbance("503", .status, on: upload, nth: 3) { $0.status = 503 },
    Disturbance("503 for rows", .status, on: rows) { $0.status = 503 },
    Disturbance("early 503", .earlyAnswer, on: upload, nth: 3) { $0.status = 503 },
    Disturbance("upload reset before", .reset, on: upload, nth: 3),
    Disturbance("upload reset after", .reset, on: upload, nth: 3) { $0.when = .after },
    Disturbance("upload unanswered", .dropAnswer, on: upload, nth: 3),
    Disturbance("upload's answer cut", .truncate, on: upload, nth: 3) { $0.bytes = 5 },
    Disturbance("upload answered with garbage", .garbage, on: upload, nth: 3),
    Disturbance("upload answered by a web page", .status, on: upload, nth: 3) {
      $0.status = 200
      $0.body = "<html><title>Welcome</title></html>"
    },
    Disturbance("list unanswered", .dropAnswer, on: list),
    Disturbance("rows unanswered", .dropAnswer, on: rows),
    Disturbance("rows reset after", .reset, on: rows) { $0.when = .after },
    Disturbance("rows answered by a web page", .status, on: rows) {
      $0.status = 502
      $0.body = "<html><title>Bad gateway</title></html>"
    },
    Disturbance("links unanswered", .dropAnswer, on: links),
    Disturbance("conversation unanswered", .dropAnswer, on: conversations),
    Disturbance("conversation reset after", .reset, on: conversations) { $0.when = .after },
  ]
}
