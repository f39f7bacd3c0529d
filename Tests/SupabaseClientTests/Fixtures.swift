import CurlHTTP

@testable import SupabaseClient

/// Keys and projects that no server knows.
enum Fixture {
  /// `{"alg":"HS256","typ":"JWT"}.{"role":"service_role","ref":"abcdefgh","exp":2000000000}`, signed with nothing.
  static let serviceToken =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    + ".eyJyb2xlIjoic2VydmljZV9yb2xlIiwicmVmIjoiYWJjZGVmZ2giLCJleHAiOjIwMDAwMDAwMDB9.c2lnbmF0dXJl"
  static let secretKey = "sb_secret_0123456789abcdefABCDEF_x"

  static func project(key: String = secretKey, url: String = "https://abcdefgh.supabase.co") throws -> SupabaseProject {
    SupabaseProject(try ProjectAddress(url), key: try APIKey(key))
  }

  static func reply(_ status: Int, _ body: String = "", _ headers: [String: String] = [:]) -> HTTPReply {
    HTTPReply(
      status: status, headers: headers.map { HTTPField($0.key, $0.value) }, body: Array(body.utf8),
      bodyByteCount: Int64(body.utf8.count))
  }

  static let storageRead = Route(.storage, .get, "object/info", .reads)
  static let storageWrite = Route(.storage, .post, "object", .writes)
  static let rowsRead = Route(.rows, .get, "files", .reads)
  static let rowsWrite = Route(.rows, .post, "files", .writes)
}

extension HTTPRequest {
  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The part of the URL after the service's root.
  var target: String {
    for root in ["/rest/v1", "/storage/v1"] {
      if let range = url.firstRange(of: root) { return String(url[range.upperBound...]) }
    }
    return url
  }

  /// The value of a query's parameter as it was sent.
  func parameter(_ name: String) -> String? {
    guard let mark = url.firstIndex(of: "?") else { return nil }
    for pair in url[url.index(after: mark)...].split(separator: "&") where pair.hasPrefix("\(name)=") {
      return String(pair.dropFirst(name.count + 1))
    }
    return nil
  }

  var bodyText: String? {
    guard case .bytes(let bytes) = body else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
