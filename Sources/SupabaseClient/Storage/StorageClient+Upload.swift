package import CurlHTTP
import FoundationEssentials
package import StorageFormats

/// What the server says of an object it took.
package struct UploadedObject: Sendable, Equatable {
  /// The id of the object's row; stays through overwrites.
  package let id: String
}

/// What is stored beside an object's bytes.
package struct ObjectAttributes: Sendable, Equatable {
  package var contentType: String
  /// A JSON object of at most 6 KiB; comes back from `info` only. The server reads its numbers as doubles.
  package var metadata: JSONValue?
  package var cacheControl: String?

  package init(contentType: String, metadata: JSONValue? = nil, cacheControl: String? = nil) {
    self.contentType = contentType
    self.metadata = metadata
    self.cacheControl = cacheControl
  }
}

extension StorageClient {
  /// Stores `body` under `key` in one request. Something there already is a `conflict`, unless `overwriting`; but two
  /// uploads at once may both succeed, so success is no proof that these bytes are the ones stored: ask `info`.
  /// No time limit but the stall limit.
  package func upload(
    _ body: HTTPRequest.Body, to key: ObjectKey, in bucket: String, _ attributes: ObjectAttributes,
    overwriting: Bool = false
  ) throws(ServiceError) -> Call<UploadedObject> {
    let route = Route(.storage, .post, "object", .writes)
    var headers = [HTTPField("Content-Type", attributes.contentType)]
    if let metadata = attributes.metadata {
      headers.append(HTTPField("x-metadata", try encoded(metadata: metadata, for: route)))
    }
    if let cacheControl = attributes.cacheControl { headers.append(HTTPField("Cache-Control", cacheControl)) }
    if overwriting { headers.append(HTTPField("x-upsert", "true")) }
    // Without a body there would be no Content-Length, and without that no check of the size.
    var body = body
    if case .none = body { body = .bytes([]) }
    var request = project.request(
      route, "/object/\(try encoded(key, in: bucket, for: route))", headers: headers, body: body)
    request.totalTimeLimit = nil
    let expected = "\(bucket)/\(key.path)"
    return Call(route, request) { reply throws(ServiceError) in
      let stored = try route.decode(Stored.self, from: reply)
      guard stored.key == expected else {
        throw ServiceError(unreadable: reply, of: route, "stored under another name than the one sent")
      }
      return UploadedObject(id: stored.id)
    }
  }

  private struct Stored: Decodable {
    let id: String
    /// With the bucket before it.
    let key: String

    private enum CodingKeys: String, CodingKey {
      case id = "Id"
      case key = "Key"
    }
  }

  private func encoded(metadata: JSONValue, for route: Route) throws(ServiceError) -> String {
    guard case .object = metadata else { throw .unsent(route, "object metadata is not a JSON object") }
    var writer = JSONWriter()
    metadata.write(to: &writer)
    guard writer.bytes.count <= 6 * 1024 else {
      throw .unsent(route, as: .limit, "object metadata is larger than 6 KiB")
    }
    return Data(writer.bytes).base64EncodedString()
  }
}
