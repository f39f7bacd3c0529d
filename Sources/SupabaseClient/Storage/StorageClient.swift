import CurlHTTP
internal import StorageFormats

/// Every request to the Storage service that this project makes, as a `Call`. Holds no connection and sends nothing.
package struct StorageClient: Sendable {
  let project: SupabaseProject

  package init(_ project: SupabaseProject) {
    self.project = project
  }

  /// The version the server states; `0.0.0` where it was built without one. Needs no key.
  package func version() -> Call<String> {
    let route = Route(.storage, .get, "version", .reads)
    return Call(route, project.request(route, "/version")) { reply throws(ServiceError) in
      let text = MessageCleaner.clean(String(decoding: reply.body, as: UTF8.self))
      guard !text.isEmpty, text.utf8.count < 100, !text.hasPrefix("<") else {
        throw ServiceError(unreadable: reply, of: route, "not a version")
      }
      return text
    }
  }

  /// Whether the service can reach its database. Any valid key may ask.
  package func health() -> Call<Bool> {
    struct Health: Decodable {
      let healthy: Bool
    }
    let route = Route(.storage, .get, "health", .reads)
    return Call(route, project.request(route, "/health")) { reply throws(ServiceError) in
      try route.decode(Health.self, from: reply).healthy
    }
  }
}

extension StorageClient {
  /// A request with a JSON body.
  func jsonRequest(_ route: Route, _ path: String, _ body: JSONWriter) -> HTTPRequest {
    project.request(
      route, path, headers: [HTTPField("Content-Type", "application/json")], body: .bytes(body.bytes))
  }

  /// The encoded form of a bucket's id. Ids the server could not have created are refused before anything is sent.
  func encoded(bucket: String, for route: Route) throws(ServiceError) -> String {
    guard (1...100).contains(bucket.utf8.count),
      bucket.unicodeScalars.allSatisfy({ $0.isAcceptedInKeys && $0 != "/" }),
      bucket != ".", bucket != "..", bucket.first != " ", bucket.last != " "
    else { throw .unsent(route, "not a valid bucket name") }
    return PercentEncoding.encode(bucket)
  }

  /// The encoded form of `bucket/key`: each segment encoded whole, slashes kept.
  func encoded(_ key: ObjectKey, in bucket: String, for route: Route) throws(ServiceError) -> String {
    let bucket = try encoded(bucket: bucket, for: route)
    guard ObjectKey.hasPlainSegments(key.path), !key.path.utf8.contains(0) else {
      throw .unsent(route, "the object's name cannot travel in a URL: it holds an empty or a dot segment, or a NUL")
    }
    return "\(bucket)/\(PercentEncoding.encode(key.path, keepingSlashes: true))"
  }
}
