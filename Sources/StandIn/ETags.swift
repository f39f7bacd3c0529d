/// What the ETag of an object uploaded in one request is.
package enum ETags: String, CaseIterable, Sendable {
  /// The MD5 of its bytes, as on the file back end.
  case md5
  /// As on S3: above 16 MiB the MD5 of its parts' MD5s.
  case multipart
}
