import CurlHTTP
internal import StorageFormats

extension StorageClient {
  /// Every bucket the key may see, by id.
  package func buckets() -> Call<[RemoteBucket]> {
    let route = Route(.storage, .get, "bucket", .reads)
    return Call(route, project.request(route, "/bucket?sortColumn=id&sortOrder=asc")) { reply throws(ServiceError) in
      try route.decode([RemoteBucket].self, from: reply)
    }
  }

  /// Nil when there is none of that id, or policy hides it.
  package func bucket(_ id: String) throws(ServiceError) -> Call<RemoteBucket?> {
    let route = Route(.storage, .get, "bucket/{id}", .reads)
    let request = project.request(route, "/bucket/\(try encoded(bucket: id, for: route))")
    return Call(route, request, absence: .init(code: "NoSuchBucket", answer: nil)) { reply throws(ServiceError) in
      try route.decode(RemoteBucket.self, from: reply)
    }
  }

  /// Creates a bucket whose id is its name; a `conflict` when it is there.
  package func createBucket(_ name: String, _ settings: BucketSettings) throws(ServiceError) -> Call<Void> {
    struct Created: Decodable {
      let name: String
    }
    let route = Route(.storage, .post, "bucket", .writes)
    _ = try encoded(bucket: name, for: route)
    var body = JSONWriter()
    body.beginObject()
    body.key("name")
    body.value(name)
    settings.write(to: &body)
    body.endObject()
    return Call(route, jsonRequest(route, "/bucket", body)) { reply throws(ServiceError) in
      _ = try route.decode(Created.self, from: reply)
    }
  }

  /// Replaces all settings of a bucket.
  package func updateBucket(_ id: String, _ settings: BucketSettings) throws(ServiceError) -> Call<Void> {
    struct Updated: Decodable {
      let message: String
    }
    let route = Route(.storage, .put, "bucket/{id}", .writes)
    var body = JSONWriter()
    body.beginObject()
    settings.write(to: &body)
    body.endObject()
    let request = jsonRequest(route, "/bucket/\(try encoded(bucket: id, for: route))", body)
    return Call(route, request) { reply throws(ServiceError) in
      _ = try route.decode(Updated.self, from: reply)
    }
  }
}
