import CurlHTTP
import FoundationEssentials
internal import StorageFormats

/// Where a page of objects begins.
package struct ListCursor: Hashable, Sendable {
  let text: String

  /// As the server gave it.
  init(token: String) {
    text = token
  }

  /// After `name`, whether or not such an object exists. The server documents no such cursor; its own are of this form,
  /// and it takes one made by hand.
  package static func after(_ name: String) -> ListCursor {
    ListCursor(token: Data("l:\(name)".utf8).base64EncodedString())
  }
}

/// Some objects of a bucket, ascending by the bytes of their names.
package struct ObjectListing: Sendable, Equatable {
  package let objects: [ListedObject]
  /// Nil on the last page.
  package let next: ListCursor?
}

/// An object as lists show it.
package struct ListedObject: Sendable, Equatable {
  /// The whole key.
  package let name: String
  package let id: String
  package let byteCount: Int64?
  /// Without its quotes.
  package let eTag: String?
  package let contentType: String?
  /// ISO 8601, UTC.
  package let createdAt: String?
  package let updatedAt: String?
}

extension StorageClient {
  /// The most objects the server puts on a page.
  package static let pageLimit = 1000

  /// One page of the objects whose names begin with `prefix` (exactly, not as a folder), without folders, ascending by
  /// name: the one order in which the server neither loses nor repeats any. An unknown bucket is an empty page.
  package func objects(
    in bucket: String, prefix: String = "", from cursor: ListCursor? = nil, limit: Int = pageLimit
  ) throws(ServiceError) -> Call<ObjectListing> {
    let route = Route(.storage, .post, "object/list-v2", .reads)
    guard (1...Self.pageLimit).contains(limit) else {
      throw .unsent(route, as: .limit, "a page has between 1 and \(Self.pageLimit) objects")
    }
    var body = JSONWriter()
    body.beginObject()
    body.key("prefix")
    body.value(prefix)
    body.key("limit")
    body.value(limit)
    body.key("with_delimiter")
    body.value(false)
    body.key("sortBy")
    body.raw(#"{"column":"name","order":"asc"}"#.utf8)
    if let cursor {
      body.key("cursor")
      body.value(cursor.text)
    }
    body.endObject()
    let request = jsonRequest(route, "/object/list-v2/\(try encoded(bucket: bucket, for: route))", body)
    return Call(route, request) { reply throws(ServiceError) in
      let page = try route.decode(Page.self, from: reply)
      guard !page.hasNext || page.nextCursor?.isEmpty == false else {
        throw ServiceError(unreadable: reply, of: route, "a page with a next one and no cursor")
      }
      return ObjectListing(
        objects: page.objects, next: page.hasNext ? page.nextCursor.map(ListCursor.init(token:)) : nil)
    }
  }

  private struct Page: Decodable {
    let hasNext: Bool
    let nextCursor: String?
    let objects: [ListedObject]
  }
}

extension ListedObject: Decodable {
  private enum CodingKeys: String, CodingKey {
    case name, id, metadata
    case createdAt = "created_at"
    case updatedAt = "updated_at"
  }

  private struct SystemMetadata: Decodable {
    let size: Int64?
    let eTag: String?
    let mimetype: String?
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    id = try container.decode(String.self, forKey: .id)
    let metadata = try container.decodeIfPresent(SystemMetadata.self, forKey: .metadata)
    byteCount = metadata?.size
    guard byteCount ?? 0 >= 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .metadata, in: container, debugDescription: "a size below zero")
    }
    eTag = metadata?.eTag.map(unquoted)
    contentType = metadata?.mimetype
    createdAt = try container.decodeIfPresent(String.self, forKey: .createdAt)
    updatedAt = try container.decodeIfPresent(String.self, forKey: .updatedAt)
  }
}
