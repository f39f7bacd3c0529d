/// A request, read in the order in which the server finds fault.
struct RowsRequest {
  var action: RequestedAction
  var method: String
  /// As sent, without the query.
  var path: String
  var headers: HTTPHeaders
  var parameters: QueryParameters
  /// Of the whole answer.
  var range: RowRange
  var payload: Payload?
  var contentType: MediaType
  var accepted: [MediaType]
  var preferences: Preferences
  var identity: RowsIdentity
  /// The schema that a profile header asked for; the answer names it then.
  var profile: String?

  /// The only schema there is.
  static let schema = "public"

  init(
    _ request: HTTPRequest, body: [UInt8], identity: RowsIdentity,
    isTimezone: (String) throws(RowsError) -> Bool
  ) throws(RowsError) {
    let target = request.target
    let question = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    self.identity = identity
    method = request.method
    path = String(decoding: target[..<question], as: UTF8.self)
    headers = request.headers
    let resource = try RequestedResource(path: target[..<question])
    let writes = ["POST", "PATCH", "PUT", "DELETE"].contains(method)
    profile = headers[writes ? "Content-Profile" : "Accept-Profile"]
    if let profile, profile != Self.schema { throw .invalidSchema(profile) }
    action = try RequestedAction(method: method, on: resource)
    parameters = try QueryParameters(
      QueryString(target[question...].dropFirst()), isReadingCall: action.isReadingCall)
    range = try RowRange.requested(
      header: method == "GET" ? RowRange(header: headers["Range"]) : .all, parameters: parameters.range)
    if case .upsertOne = action, range != .all { throw .limitedUpsert }
    contentType = headers["Content-Type"].map { MediaType($0) } ?? .json
    switch action {
    case .insert, .update:
      payload = try Payload(body, type: contentType, columns: parameters.columns, isCall: false)
    case .upsertOne:
      payload = try Payload(body, type: contentType, columns: nil, isCall: false)
    case .call(_, isReading: false, _):
      payload = try Payload(body, type: contentType, columns: parameters.columns, isCall: true)
    case .read, .delete, .describeTable, .call, .describeFunction, .describeAPI, .describeRoot:
      payload = nil
    }
    preferences = try Preferences(headers.all("Prefer"), isTimezone: isTimezone)
    accepted = MediaType.accepted(headers["Accept"])
  }
}
