package import CurlHTTP

/// What kind of request it is: enough to name it in an error, and to judge a lost answer. No key, name of an object or
/// query is in it.
package struct Route: Hashable, Sendable {
  package enum Service: String, Sendable {
    case storage
    case rows

    /// Where the service stands under the project's address.
    var root: String {
      switch self {
      case .storage: "/storage/v1"
      case .rows: "/rest/v1"
      }
    }
  }

  /// What the request does to the project's data.
  package enum Effect: Sendable {
    case reads
    case writes
  }

  package let service: Service
  package let method: HTTPRequest.Method
  /// E.g. `object`, `list-v2` or the name of a table.
  package let name: String
  package let effect: Effect

  init(_ service: Service, _ method: HTTPRequest.Method, _ name: String, _ effect: Effect) {
    self.service = service
    self.method = method
    self.name = name
    self.effect = effect
  }
}

extension Route: CustomStringConvertible {
  package var description: String { "\(service.rawValue) \(method.rawValue) \(name)" }
}
