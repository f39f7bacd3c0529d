/// A successful answer being put together.
struct RowsAnswer {
  private let request: RowsRequest
  private var status: Int
  private var headers: HTTPHeaders = [:]

  init(_ request: RowsRequest, status: Int) {
    self.request = request
    self.status = status
  }

  /// Does nothing without a value.
  mutating func add(_ name: String, _ value: String?) {
    if let value { headers.add(name, value) }
  }

  mutating func addContentType(_ type: MediaType) {
    headers.add("Content-Type", type.contentType)
    add("Content-Profile", request.profile)
  }

  /// - Parameters:
  ///   - row: its settings may override status and headers.
  ///   - body: nil for none, not even an empty one.
  func response(_ row: AnswerRow, body: String?) throws(RowsError) -> HTTPResponse {
    var answer = self
    if let setting = row.statusSetting {
      guard let number = Int(setting.prefix { $0.isNumber }) else { throw .invalidResponseStatus }
      answer.status = number
    }
    if let setting = row.headersSetting {
      guard case .array(let elements)? = JSON(parsing: setting.utf8) else {
        throw .invalidResponseHeaders
      }
      for element in elements {
        guard case .object(let members) = element, members.count == 1, let member = members.first,
          let text = member.value.string
        else { throw .invalidResponseHeaders }
        answer.headers[member.name] = latin1(text)
      }
    }
    return HTTPResponse(
      status: answer.status, reason: reasonPhrase(answer.status), headers: answer.headers,
      body: body.map { .bytes(Array($0.utf8)) } ?? .none)
  }
}
