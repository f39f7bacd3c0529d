import FoundationEssentials

/// One line of a recording; the form is described beside the recordings.
struct RecordedLine: Decodable {
  struct Exchange: Decodable {
    let request: Request
    let response: Response
  }

  struct Request: Decodable {
    enum End: String, Decodable {
      case reset, close, halfclose, hold, wait
    }

    let method: String
    let target: String
    let auth: String?
    /// Name and value.
    let headers: [[String]]
    let body: Body?
    /// Bytes of the body that are sent; then comes `then`, after `settle` seconds.
    let sentOnly: Int?
    let then: End?
    let settle: Double?
    /// Bytes of the answer after which the connection is reset.
    let readOnly: Int?

    enum CodingKeys: String, CodingKey {
      case method, target, auth, headers, body, then, settle
      case sentOnly = "sent_only"
      case readOnly = "read_only"
    }
  }

  struct Body: Decodable {
    enum Part {
      case text(String)
      case repeated(String, times: Int)
    }

    let parts: [Part]
  }

  struct Response: Decodable {
    /// `closed` or `timeout`; the rest is missing then.
    let error: String?
    let status: Int?
    let interim: [Int]?
    let headers: [[String]]?
    let body: ResponseBody?
  }

  enum ResponseBody {
    case text(String)
    case digest(sha256: String, length: Int)
    case listing(JSONValue)
  }

  struct Action: Decodable {
    let kind: String
    let seconds: Double?
    let bucket: String?
    let key: String?
    let count: Int?
    let name: String?
    let contentType: String?
    let body: String?

    enum CodingKeys: String, CodingKey {
      case kind, seconds, bucket, key, count, name, body
      case contentType = "content_type"
    }
  }

  let name: String
  let request: Request?
  let response: Response?
  /// The line whose held connection is gone on with.
  let continues: String?
  let sendsRest: Bool?
  let concurrent: [Exchange]?
  let action: Action?
  let volatile: String?
  let notReplayed: String?
  /// The status of a second request on the connection, null for none. Present or not is what tells.
  let reuseStatus: JSONValue?

  enum CodingKeys: String, CodingKey {
    case name, request, response, continues, concurrent, action, volatile
    case sendsRest = "sends_rest"
    case notReplayed = "not_replayed"
    case reuseStatus = "reuse_status"
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    request = try values.decodeIfPresent(Request.self, forKey: .request)
    response = try values.decodeIfPresent(Response.self, forKey: .response)
    continues = try values.decodeIfPresent(String.self, forKey: .continues)
    sendsRest = try values.decodeIfPresent(Bool.self, forKey: .sendsRest)
    concurrent = try values.decodeIfPresent([Exchange].self, forKey: .concurrent)
    action = try values.decodeIfPresent(Action.self, forKey: .action)
    volatile = try values.decodeIfPresent(String.self, forKey: .volatile)
    notReplayed = try values.decodeIfPresent(String.self, forKey: .notReplayed)
    reuseStatus = values.contains(.reuseStatus) ? try values.decode(JSONValue.self, forKey: .reuseStatus) : nil
  }

  /// All lines of a file.
  static func read(_ path: String) throws -> [RecordedLine] {
    try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")).map { line in
      try JSONDecoder().decode(RecordedLine.self, from: Data(line))
    }
  }
}

extension RecordedLine.Body {
  private struct Repetition: Decodable {
    let `repeat`: String
    let times: Int
  }

  init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      parts = [.text(text)]
      return
    }
    var list = try decoder.unkeyedContainer()
    var parts: [Part] = []
    while !list.isAtEnd {
      if let text = try? list.decode(String.self) {
        parts.append(.text(text))
      } else {
        let repetition = try list.decode(Repetition.self)
        parts.append(.repeated(repetition.repeat, times: repetition.times))
      }
    }
    self.parts = parts
  }
}

extension RecordedLine.ResponseBody: Decodable {
  init(from decoder: any Decoder) throws {
    let value = try JSONValue(from: decoder)
    if let text = value.string {
      self = .text(text)
    } else if let list = value["list"] {
      self = .listing(list)
    } else {
      self = .digest(sha256: value["sha256"]?.string ?? "", length: Int(value["length"]?.integer ?? 0))
    }
  }
}
