import CurlHTTP
package import StorageFormats

extension RowsClient {
  /// Calls a database function with named arguments and decodes what it returns: a value, or an array of rows.
  package func function<Answer: Decodable & Sendable>(
    _ name: String, _ effect: Route.Effect, as type: Answer.Type = Answer.self,
    arguments: (inout JSONWriter) -> Void = { _ in }
  ) throws(ServiceError) -> Call<Answer> {
    let route = Route(.rows, .post, name, effect)
    let request = try request(route, "/rpc/", json: Self.object(arguments))
    return Call(route, request) { reply throws(ServiceError) in try route.decode(Answer.self, from: reply) }
  }

  /// Calls a database function that returns nothing.
  package func function(
    _ name: String, _ effect: Route.Effect, arguments: (inout JSONWriter) -> Void = { _ in }
  ) throws(ServiceError) -> Call<Void> {
    let route = Route(.rows, .post, name, effect)
    let request = try request(route, "/rpc/", json: Self.object(arguments))
    return Call(route, request) { reply throws(ServiceError) in
      guard reply.status == 204 || reply.body.isEmpty || reply.body == Array("null".utf8) else {
        throw ServiceError(unreadable: reply, of: route, "a value from a function without one")
      }
    }
  }

  private static func object(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    members(&writer)
    writer.endObject()
    return writer.bytes
  }
}
