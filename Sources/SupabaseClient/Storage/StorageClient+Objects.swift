package import CurlHTTP
package import StorageFormats

/// What the server recorded of one object.
package struct ObjectInfo: Sendable, Equatable {
  package let id: String
  package let name: String
  /// New with every write.
  package let version: String?
  package let byteCount: Int64?
  package let contentType: String?
  /// Without its quotes.
  package let eTag: String?
  /// The metadata given at upload.
  package let metadata: JSONValue?
  /// ISO 8601, UTC.
  package let createdAt: String?
  package let lastModified: String?
}

/// What the head of a download's answer says.
package struct DownloadHead: Sendable {
  /// Without its quotes. Nil when the server sent none.
  package let eTag: String?
  /// As the server wrote it.
  package let lastModified: String?
  /// Of the answer's body, where it was announced.
  package let byteCount: Int64?
  /// Which bytes of the object these are, and how many it has; nil for the whole object.
  package let part: (range: Range<Int64>, total: Int64?)?

  /// Nil for an answer that is neither the whole object nor a part that says which one it is.
  package init?(status: Int, headers: [HTTPField]) {
    func field(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
    part = status == 206 ? ContentRange(bytes: field("content-range")).map { ($0.range, $0.total) } : nil
    guard status == 200 || part != nil else { return nil }
    eTag = field("etag").map(unquoted)
    lastModified = field("last-modified")
    byteCount = field("content-length").flatMap { Int64($0) }
  }
}

/// A download's answer; the bytes are in `body` unless they went to a receiver.
package struct Download: Sendable {
  package let head: DownloadHead
  package let body: [UInt8]
}

extension StorageClient {
  /// The most names one `delete` takes.
  package static let deleteLimit = 500

  /// What is recorded of an object; nil when it is not there, or policy hides it. Does not look at the bytes.
  package func info(_ key: ObjectKey, in bucket: String) throws(ServiceError) -> Call<ObjectInfo?> {
    let route = Route(.storage, .get, "object/info", .reads)
    let request = project.request(
      route, "/object/info/authenticated/\(try encoded(key, in: bucket, for: route))")
    return Call(route, request, absence: .init(code: "NoSuchKey", answer: nil)) { reply throws(ServiceError) in
      try route.decode(ObjectInfo.self, from: reply)
    }
  }

  /// The bytes of an object, or of one range of it. An answer to a range may still be the whole object: see `part`.
  /// No time limit but the stall limit.
  package func download(
    _ key: ObjectKey, in bucket: String, range: Range<Int64>? = nil, to destination: HTTPRequest.Destination
  ) throws(ServiceError) -> Call<Download> {
    let route = Route(.storage, .get, "object", .reads)
    var headers: [HTTPField] = []
    if let range {
      guard range.lowerBound >= 0, !range.isEmpty else { throw .unsent(route, "not a range of bytes") }
      headers.append(HTTPField("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
    }
    var request = project.request(
      route, "/object/authenticated/\(try encoded(key, in: bucket, for: route))", headers: headers)
    request.destination = destination
    let byteLimit: Int64
    switch destination {
    case .memory(let limit):
      byteLimit = Int64(limit)
      // A limit as small as the object would cut off the reason of a refusal.
      request.destination = .memory(limit: max(limit, 64 << 10))
    case .receiver: byteLimit = .max
    }
    request.totalTimeLimit = nil
    return Call(route, request) { reply throws(ServiceError) in
      guard reply.bodyByteCount <= byteLimit else {
        throw ServiceError(.limit, route, message: "the object is longer than \(byteLimit) bytes")
      }
      guard let head = DownloadHead(status: reply.status, headers: reply.headers) else {
        throw ServiceError(unreadable: reply, of: route, "a part without its range")
      }
      if let range, let part = head.part,
        part.range.lowerBound != range.lowerBound || part.range.upperBound > range.upperBound
      {
        throw ServiceError(unreadable: reply, of: route, "another range than the one asked for")
      }
      if let part = head.part, Int64(part.range.count) != reply.bodyByteCount {
        throw ServiceError(unreadable: reply, of: route, "a body that does not fit its range")
      }
      return Download(head: head, body: reply.body)
    }
  }

  /// Deletes up to `deleteLimit` objects and answers with the names that were there. A name left out is gone or not
  /// allowed: ask `info` where it matters.
  package func delete(_ keys: [ObjectKey], in bucket: String) throws(ServiceError) -> Call<Set<String>> {
    struct Deleted: Decodable {
      let name: String
    }
    let route = Route(.storage, .delete, "object", .writes)
    guard (1...Self.deleteLimit).contains(keys.count) else {
      throw .unsent(route, as: .limit, "between 1 and \(Self.deleteLimit) objects are deleted at a time")
    }
    var body = JSONWriter()
    body.beginObject()
    body.key("prefixes")
    body.beginArray()
    for key in keys { body.value(key.path) }
    body.endArray()
    body.endObject()
    let request = jsonRequest(route, "/object/\(try encoded(bucket: bucket, for: route))", body)
    return Call(route, request) { reply throws(ServiceError) in
      Set(try route.decode([Deleted].self, from: reply).map(\.name))
    }
  }
}

extension ObjectInfo: Decodable {
  private enum CodingKeys: String, CodingKey {
    case id, name, version, metadata
    case byteCount = "size"
    case contentType = "content_type"
    case eTag = "etag"
    case createdAt = "created_at"
    case lastModified = "last_modified"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    name = try container.decode(String.self, forKey: .name)
    version = try container.decodeIfPresent(String.self, forKey: .version)
    byteCount = try container.decodeIfPresent(Int64.self, forKey: .byteCount)
    contentType = try container.decodeIfPresent(String.self, forKey: .contentType)
    eTag = try container.decodeIfPresent(String.self, forKey: .eTag).map(unquoted)
    metadata = try container.decodeIfPresent(JSONValue.self, forKey: .metadata)
    createdAt = try container.decodeIfPresent(String.self, forKey: .createdAt)
    lastModified = try container.decodeIfPresent(String.self, forKey: .lastModified)
  }
}

/// An ETag without its quotes.
func unquoted(_ eTag: String) -> String {
  eTag.count >= 2 && eTag.hasPrefix("\"") && eTag.hasSuffix("\"") ? String(eTag.dropFirst().dropLast()) : eTag
}
