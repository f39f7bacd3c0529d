/// OPTIONS: which methods there are.
enum DescribeAction {
  static func response(_ table: CatalogTable) -> HTTPResponse {
    var methods = ["OPTIONS", "GET", "HEAD"]
    if table.isInsertable { methods.append("POST") }
    if table.isInsertable, table.isUpdatable, !table.primaryKey.isEmpty { methods.append("PUT") }
    if table.isUpdatable { methods.append("PATCH") }
    if table.isDeletable { methods.append("DELETE") }
    return response(methods)
  }

  static func response(_ function: CatalogFunction) -> HTTPResponse {
    response(function.isVolatile ? ["OPTIONS", "POST"] : ["OPTIONS", "GET", "HEAD", "POST"])
  }

  static func rootResponse() -> HTTPResponse {
    response(["OPTIONS", "GET", "HEAD"])
  }

  private static func response(_ methods: [String]) -> HTTPResponse {
    HTTPResponse(
      status: 200, reason: reasonPhrase(200),
      headers: ["Access-Control-Allow-Origin": "*", "Allow": methods.joined(separator: ",")], body: .bytes([]))
  }
}
