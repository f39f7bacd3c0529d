package import CurlHTTP

/// One request and how its answer is read. The caller performs it, alone or in a batch with others; it may be performed
/// again as it is.
package struct Call<Answer: Sendable>: Sendable {
  /// To be sent as it is; only `destination` and `totalTimeLimit` are the caller's to change.
  package var request: HTTPRequest
  package let route: Route
  private let absence: Absence?
  private let read: @Sendable (HTTPReply) throws(ServiceError) -> Answer

  /// The error code that answers the question "is it there?" with no.
  struct Absence: Sendable {
    let code: String
    let answer: Answer
  }

  init(
    _ route: Route, _ request: HTTPRequest, absence: Absence? = nil,
    read: @escaping @Sendable (HTTPReply) throws(ServiceError) -> Answer
  ) {
    self.route = route
    self.request = request
    self.absence = absence
    self.read = read
  }

  /// Reads an answer to `request`.
  package func answer(from reply: HTTPReply) throws(ServiceError) -> Answer {
    guard !(200..<300).contains(reply.status) else { return try read(reply) }
    let error = ServiceError(refusal: reply, of: route)
    if let absence, error.code == absence.code { return absence.answer }
    throw error
  }

  /// Reads what became of `request`.
  package func answer(from outcome: Result<HTTPReply, TransportError>) throws(ServiceError) -> Answer {
    switch outcome {
    case .success(let reply): try answer(from: reply)
    case .failure(let error): throw ServiceError(error, in: route)
    }
  }
}

extension Call {
  /// Sends the request once and reads its answer.
  package func perform(on http: HTTPClient) async throws(ServiceError) -> Answer {
    let reply: HTTPReply
    do {
      reply = try await http.perform(request)
    } catch {
      throw ServiceError(error, in: route)
    }
    return try answer(from: reply)
  }
}
