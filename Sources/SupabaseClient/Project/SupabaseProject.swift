package import CurlHTTP

/// A project and the key its requests carry.
package struct SupabaseProject: Sendable {
  package let address: ProjectAddress
  package let key: APIKey
  private let credentials: [HTTPField]

  package init(_ address: ProjectAddress, key: APIKey) {
    self.address = address
    self.key = key
    let text = key.secret.revealed
    credentials =
      switch key.kind {
      case .legacy: [HTTPField("apikey", text), HTTPField("Authorization", "Bearer \(text)")]
      // The gateway swaps these for a token of its own, and only without an Authorization of ours.
      case .secret, .publishable: [HTTPField("apikey", text)]
      }
  }

  /// A request to `path` (encoded, from the service's root on) with this project's credentials.
  package func request(
    _ route: Route, _ path: String, headers: [HTTPField] = [], body: HTTPRequest.Body = .none
  ) -> HTTPRequest {
    HTTPRequest(
      route.method, "\(address.url)\(route.service.root)\(path)", headers: credentials + headers, body: body)
  }
}
