import FoundationEssentials
import Glibc
import StandIn
import TestSupport

/// One recorded exchange with PostgREST.
struct RowsExchange: Decodable {
  struct Request: Decodable {
    let method: String
    let target: String
    let auth: String?
    /// Name and value.
    let headers: [[String]]
    let body: String?
  }

  struct Response: Decodable {
    let status: Int
    let headers: [[String]]
    let body: String
  }

  let name: String
  let request: Request
  let response: Response
}

/// Replays exchanges, each on freshly filled tables. Used by one thread.
struct RowsReplay {
  struct Difference {
    let exchange: String
    let details: [String]
  }

  private static let comparedHeaders = [
    "content-type", "content-range", "location", "preference-applied", "proxy-status", "www-authenticate", "allow",
  ]

  let project: StandInInstance
  /// Empties the tables and fills them again.
  let seed: String

  /// - Parameter schemaAndSeed: the script that made the database; its rows begin with those of `schema_version`.
  init(project: StandInInstance, schemaAndSeed: String) {
    self.project = project
    let lines = schemaAndSeed.split(separator: "\n")
    let rows = lines.drop { !$0.hasPrefix("insert into schema_version") }
    seed =
      "set search_path = public, extensions; truncate files, conversations, messages, conversation_files, "
      + "schema_version, bigs, locked, rls_t;" + rows.joined(separator: "\n")
  }

  func differences(from exchanges: [RowsExchange]) throws -> [Difference] {
    let database = try PostgresConnection(project.databaseURL)
    var differences: [Difference] = []
    for exchange in exchanges {
      try database.run(script: seed)
      let details = try compare(exchange)
      if !details.isEmpty { differences.append(Difference(exchange: exchange.name, details: details)) }
    }
    return differences
  }

  private func compare(_ exchange: RowsExchange) throws -> [String] {
    guard let answer = try answer(to: exchange.request) else { return ["no answer"] }
    let wanted = exchange.response
    var details: [String] = []
    if answer.status != wanted.status { details.append("status: want \(wanted.status), got \(answer.status)") }
    if !Self.agree(wanted.body, answer.text) { details.append("body: want \(wanted.body), got \(answer.text)") }
    let headers = Dictionary(wanted.headers.map { ($0[0].lowercased(), $0[1]) }) { $1 }
    for name in Self.comparedHeaders where headers[name] != answer.headers[name] {
      details.append("\(name): want \(headers[name] ?? "none"), got \(answer.headers[name] ?? "none")")
    }
    return details
  }

  private func answer(to request: RowsExchange.Request) throws -> RawAnswer? {
    let connection = try RawConnection(port: project.port)
    var head = "\(request.method) /rest/v1\(request.target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for header in request.headers { head += "\(header[0]): \(header[1])\r\n" }
    if let token = token(request.auth) { head += "Authorization: Bearer \(token)\r\n" }
    if let body = request.body { head += "Content-Length: \(body.utf8.count)\r\n" }
    try connection.send(head + "\r\n" + (request.body ?? ""))
    return try connection.receiveAnswer(to: request.method)
  }

  /// The token of a kind; nil for none.
  private func token(_ kind: String?) -> String? {
    let tokens = ReplayTokens(secret: project.jwtSecret)
    func token(_ claims: String) -> String { tokens.token(claims: claims, isForged: false) }
    let now = Int(time(nil))
    return switch kind {
    case nil, "none": nil
    case "malformed": "abc"
    case "sb_secret": "sb_secret_abc"
    case "bad_signature": tokens.token(claims: #"{"role":"service_role"}"#, isForged: true)
    case "expired": token(#"{"role":"service_role","exp":\#(now - 3600)}"#)
    case "not_yet": token(#"{"role":"service_role","nbf":\#(now + 3600)}"#)
    case "unknown_role": token(#"{"role":"nosuchrole"}"#)
    case "not_granted": token(#"{"role":"supabase_admin"}"#)
    case "no_role": token(#"{"sub":"x"}"#)
    case let role?: token(#"{"role":"\#(role)"}"#)
    }
  }

  /// As JSON where it is JSON, with random ids and times masked.
  private static func agree(_ wanted: String, _ received: String) -> Bool {
    let (wanted, received) = (masked(wanted), masked(received))
    if let want = JSONValue(wanted.utf8), let got = JSONValue(received.utf8) { return want == got }
    return wanted == received
  }

  private static func masked(_ text: String) -> String {
    text.replacing(/(?!0{8})[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "*")
      .replacing(/20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+00/, with: "*")
  }
}
