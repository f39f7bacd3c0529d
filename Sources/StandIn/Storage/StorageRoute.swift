/// Which credentials a route of reading asks for.
enum ReadAccess {
  /// A valid token.
  case authenticated
  /// A token that is not valid counts as none.
  case optional
  /// None; the bucket has to be public.
  case anyone
}

/// What a method and a path ask for.
enum StorageRoute {
  case status, version, health
  case listBuckets, createBucket
  case getBucket(String)
  case updateBucket(String)
  case deleteBucket(String)
  case emptyBucket(String)
  case upload(bucket: String, key: String, isPut: Bool)
  case uploadSigned(bucket: String, key: String)
  case download(ReadAccess, bucket: String, key: String)
  case downloadSigned(bucket: String, key: String)
  case info(ReadAccess, bucket: String, key: String)
  case delete(bucket: String, key: String)
  case deleteMany(bucket: String)
  case listV1(bucket: String)
  case listV2(bucket: String)
  case sign, signMany, signUpload
  case move, copy
  case purge
  case resumable(ResumableRoute)

  /// The route, or nil where the real server has none.
  init?(method: String, _ target: StorageTarget) {
    let count = target.segments.count
    let isRead = method == "GET" || method == "HEAD"
    switch target.segment(0) {
    case "status" where isRead && count == 1: self = .status
    case "version" where isRead && count == 1: self = .version
    case "health" where isRead && count == 1: self = .health
    case "cdn" where method == "DELETE": self = .purge
    case "bucket":
      guard let route = Self.bucketRoute(method, target) else { return nil }
      self = route
    case "object":
      guard let route = Self.objectRoute(method, target) else { return nil }
      self = route
    case "upload" where target.segment(1) == "resumable":
      guard let route = ResumableRoute(method: method, target) else { return nil }
      self = .resumable(route)
    default: return nil
    }
  }

  private static func bucketRoute(_ method: String, _ target: StorageTarget) -> StorageRoute? {
    let id = target.segment(1) ?? ""
    switch (target.segments.count, method) {
    case (1, "GET"), (1, "HEAD"): return .listBuckets
    case (2, "GET"), (2, "HEAD"): return id.isEmpty ? .listBuckets : .getBucket(id)
    case (1, "POST"): return .createBucket
    case (2, "POST") where id.isEmpty: return .createBucket
    case (2, "PUT"): return .updateBucket(id)
    case (2, "DELETE"): return .deleteBucket(id)
    case (3, "POST") where target.segment(2) == "empty": return .emptyBucket(id)
    default: return nil
    }
  }

  private static func objectRoute(_ method: String, _ target: StorageTarget) -> StorageRoute? {
    let count = target.segments.count
    guard let first = target.segment(1) else { return nil }
    /// The bucket in the segment of that index and the key in all that follow.
    func object(at index: Int) -> (bucket: String, key: String)? {
      guard let bucket = target.segment(index), let key = target.rest(from: index + 1) else { return nil }
      return (bucket, key)
    }
    switch method {
    case "GET", "HEAD":
      return readRoute(method, target)
    case "POST":
      switch (first, count) {
      case ("move", 2): return .move
      case ("copy", 2): return .copy
      case ("list", 3): return .listV1(bucket: target.segment(2) ?? "")
      case ("list-v2", 3): return .listV2(bucket: target.segment(2) ?? "")
      case ("sign", 3): return .signMany
      case ("sign", 4...): return .sign
      case ("upload", 5...) where target.segment(2) == "sign": return .signUpload
      default: return object(at: 1).map { .upload(bucket: $0.bucket, key: $0.key, isPut: false) }
      }
    case "PUT":
      if first == "upload", target.segment(2) == "sign", let signed = object(at: 3) {
        return .uploadSigned(bucket: signed.bucket, key: signed.key)
      }
      return object(at: 1).map { .upload(bucket: $0.bucket, key: $0.key, isPut: true) }
    case "DELETE":
      return object(at: 1).map { .delete(bucket: $0.bucket, key: $0.key) } ?? .deleteMany(bucket: first)
    default:
      return nil
    }
  }

  /// A word such as `public` is a bucket's name where too little follows for the route it names.
  private static func readRoute(_ method: String, _ target: StorageTarget) -> StorageRoute? {
    func object(at index: Int) -> (bucket: String, key: String)? {
      guard let bucket = target.segment(index), let key = target.rest(from: index + 1) else { return nil }
      return (bucket, key)
    }
    switch target.segment(1) {
    case "authenticated":
      if let object = object(at: 2) { return .download(.authenticated, bucket: object.bucket, key: object.key) }
    case "public":
      if let object = object(at: 2) { return .download(.anyone, bucket: object.bucket, key: object.key) }
    case "sign":
      if let object = object(at: 2) { return .downloadSigned(bucket: object.bucket, key: object.key) }
    case "info":
      if target.segment(2) == "authenticated", let object = object(at: 3) {
        return .info(.authenticated, bucket: object.bucket, key: object.key)
      }
      if target.segment(2) == "public", method == "GET", let object = object(at: 3) {
        return .info(.anyone, bucket: object.bucket, key: object.key)
      }
      if let object = object(at: 2) { return .info(.optional, bucket: object.bucket, key: object.key) }
    default:
      break
    }
    return object(at: 1).map { .download(.optional, bucket: $0.bucket, key: $0.key) }
  }

  /// The answer where there is no route.
  static func notFound(_ method: String, _ target: StorageTarget) -> HTTPResponse {
    let message = JSON.string("Route \(method):\(target.text) not found")
    switch target.segment(0) {
    case "bucket", "object", "render", "cdn":
      return .json(
        ["statusCode": "404", "error": "Not Found", "message": message, "code": "InvalidRequest"],
        status: 404, contentType: "application/json")
    default:
      return .json(["message": message, "error": "Not Found", "statusCode": .number(404)], status: 404)
    }
  }
}
