import TestSupport

/// Replays one recording of the real Storage against a project that is new. Used by one thread.
struct StorageReplay {
  struct Difference {
    let line: String
    let details: [String]
  }

  private let project: StandInInstance
  private let tokens: ReplayTokens
  private let placeholders: Placeholders
  private let wire: ReplayWire

  init(project: StandInInstance) {
    self.project = project
    tokens = ReplayTokens(secret: project.jwtSecret)
    placeholders = Placeholders(host: "127.0.0.1:\(project.port)", tokens: tokens)
    wire = ReplayWire(port: project.port, prefix: "/storage/v1", tokens: tokens, placeholders: placeholders)
  }

  /// Plays every line and returns those that were answered otherwise, but for lines that may be.
  func differences(from lines: [RecordedLine]) throws -> [Difference] {
    defer { wire.releaseHeld() }
    var differences: [Difference] = []
    for line in lines where line.notReplayed == nil {
      if let action = line.action {
        try perform(action)
        continue
      }
      var comparison = AnswerComparison(placeholders: placeholders)
      do {
        try play(line, &comparison)
      } catch {
        comparison.note("\(error)")
      }
      if !comparison.differences.isEmpty, line.volatile == nil {
        differences.append(Difference(line: line.name, details: comparison.differences))
      }
    }
    return differences
  }

  private func play(_ line: RecordedLine, _ comparison: inout AnswerComparison) throws {
    if let exchanges = line.concurrent {
      try playTogether(exchanges, &comparison)
    } else if let name = line.continues {
      let outcome = try wire.goOn(
        with: name, sendingRest: line.sendsRest ?? false, isLate: line.response?.error != nil)
      comparison.compare(line.response, outcome, method: "any")
    } else if let request = line.request, let wanted = line.reuseStatus {
      let (outcome, status) = try wire.exchangeAndReuse(request, isAnswered: wanted != .null)
      comparison.compare(line.response, outcome, method: request.method)
      let received = status.map { JSONValue.integer(Int64($0)) } ?? .null
      if received != wanted { comparison.note("the next request on the connection: want \(wanted), got \(received)") }
    } else if let request = line.request {
      comparison.compare(line.response, try wire.exchange(line.name, request), method: request.method)
    }
  }

  /// Answers of requests sent at once are compared as a set.
  private func playTogether(_ exchanges: [RecordedLine.Exchange], _ comparison: inout AnswerComparison) throws {
    let answers = try wire.exchangeTogether(exchanges.map(\.request)).sorted {
      ($0.status, $0.body.count) < ($1.status, $1.body.count)
    }
    guard answers.count == exchanges.count else { return comparison.note("a request was not answered") }
    func order(_ response: RecordedLine.Response) -> (Int, Int) {
      guard case .text(let text) = response.body else { return (response.status ?? 0, 0) }
      return (response.status ?? 0, text.count)
    }
    let wanted = exchanges.map(\.response).sorted { order($0) < order($1) }
    for (wanted, answer) in zip(wanted, answers) { comparison.compare(wanted, .answer(answer), method: "any") }
  }

  private func perform(_ action: RecordedLine.Action) throws {
    switch action.kind {
    case "sleep": ReplayWire.pause(seconds: action.seconds ?? 0)
    case "release-held": wire.releaseHeld()
    case "seed": try seed(action)
    case "remove-blob": try project.removeBlob(bucket: action.bucket ?? "", key: action.key ?? "")
    case "restore-blob": try project.restoreBlob(bucket: action.bucket ?? "", key: action.key ?? "")
    default: throw ReplayWire.Failure(description: "unknown action \(action.kind)")
    }
  }

  /// Uploads many small objects, one after another.
  private func seed(_ action: RecordedLine.Action) throws {
    let connection = try RawConnection(port: project.port)
    let pattern = action.name ?? ""
    for number in 0..<(action.count ?? 0) {
      let name = pattern.replacing(/%0([0-9]+)d/) { match in
        let digits = String(number)
        return String(repeating: "0", count: max(0, (Int(match.1) ?? 0) - digits.count)) + digits
      }
      let body = action.body == "<name>" ? name : action.body ?? ""
      try connection.send(
        "POST /storage/v1/object/\(action.bucket ?? "")/\(name) HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n"
          + "Authorization: Bearer \(tokens.bearer("service_role"))\r\n"
          + "Content-Type: \(action.contentType ?? "")\r\n\r\n" + body)
      let answer = try connection.receiveAnswer(to: "POST")
      guard answer?.status == 200 else {
        throw ReplayWire.Failure(description: "seeding \(name): \(answer?.text ?? "")")
      }
    }
  }
}
