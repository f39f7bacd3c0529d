import CurlHTTP
package import StorageFormats

extension RowsClient {
  /// What the key's role may use, as an OpenAPI 2.0 document: tables with their columns, functions.
  package func description() -> Call<JSONValue> {
    let route = Route(.rows, .get, "openapi", .reads)
    let request = project.request(route, "/", headers: [HTTPField("Accept", "application/openapi+json")])
    return Call(route, request) { reply throws(ServiceError) in try route.decode(JSONValue.self, from: reply) }
  }
}
