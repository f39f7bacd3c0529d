extension StorageService {
  func info(
    _ access: ReadAccess, _ bucket: String, _ key: String, _ request: StorageRequest
  ) throws -> HTTPResponse {
    let object = try find(access, bucket, key, request)
    var response = HTTPResponse.json([
      "id": .string(object.id), "name": .string(key), "version": .string(object.version),
      "bucket_id": .string(bucket), "size": object.byteCount.map { .number(Double($0)) } ?? .null,
      "content_type": .optional(object.mimeType), "cache_control": .optional(object.cacheControl),
      "etag": .optional(object.etag), "metadata": object.userMetadata.map(JSON.text) ?? .null,
      "last_modified": .optional(object.updatedAt), "created_at": .optional(object.createdAt),
    ])
    if let etag = object.etag { response.headers.add("etag", etag) }
    response.headers.add("last-modified", HTTPDate.text(secondsSince1970: Int64(object.modified.seconds)))
    response.headers.add("cache-control", headCacheControl(of: object, request))
    return response
  }
}
