import Synchronization

/// The Storage API: buckets and objects over HTTP, rows in PostgreSQL, bytes in files.
package final class StorageService: HTTPService {
  /// Bytes of a request's head that Node takes.
  static let headLimit = 16_384

  let database: StorageDatabase
  let blobs: Blobs
  let authentication: StorageAuthentication
  let etags: ETags
  private let state: Mutex<StorageSettings>

  /// - Parameters:
  ///   - pool: connections of a superuser.
  ///   - directory: where the bytes are kept.
  package init(pool: PostgresPool, directory: String, jwtSecret: [UInt8], etags: ETags) {
    database = StorageDatabase(pool: pool)
    blobs = Blobs(directory: directory)
    authentication = StorageAuthentication(secret: jwtSecret)
    self.etags = etags
    state = Mutex(StorageSettings())
  }

  /// May be changed while requests run; each reads it when it needs it.
  package var settings: StorageSettings {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  package func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    if request.headByteCount > Self.headLimit { return .headOverLimit }
    guard StorageTarget.isParsable(request.target) else { return .parserRefusal }
    let target = StorageTarget(request.target)
    guard target.isDecodable else { return .badURL(target.text) }
    var response: HTTPResponse
    if let route = StorageRoute(method: request.method, target) {
      response = try answer(route, StorageRequest(http: request, target: target))
    } else {
      response = StorageRoute.notFound(request.method, target)
    }
    return request.method == "HEAD" ? response.withoutBody : response
  }

  private func answer(_ route: StorageRoute, _ request: StorageRequest) throws(HTTPConnectionError) -> HTTPResponse {
    do {
      return try perform(route, request)
    } catch HTTPConnectionError.endedEarly {
      return .parserRefusal
    } catch let error as HTTPConnectionError {
      throw error
    } catch let error as StorageError {
      return error.response(hasSchema: route.hasSchema)
    } catch let error as PostgresError {
      return StorageError.database(error).response(hasSchema: route.hasSchema)
    } catch {
      return StorageError.internalError.response()
    }
  }

  private func perform(_ route: StorageRoute, _ request: StorageRequest) throws -> HTTPResponse {
    switch route {
    case .status: HTTPResponse(status: 200, reason: "OK")
    case .version: .text(settings.version)
    case .health: try health(request)
    case .listBuckets: try listBuckets(request)
    case .createBucket: try createBucket(request)
    case .getBucket(let id): try getBucket(id, request)
    case .updateBucket(let id): try updateBucket(id, request)
    case .deleteBucket(let id): try deleteBucket(id, request)
    case .emptyBucket(let id): try emptyBucket(id, request)
    case .upload(let bucket, let key, let isPut): try upload(bucket, key, isPut: isPut, request)
    case .download(let access, let bucket, let key): try download(access, bucket, key, request)
    case .info(let access, let bucket, let key): try info(access, bucket, key, request)
    case .delete(let bucket, let key): try delete(bucket, key, request)
    case .deleteMany(let bucket): try deleteMany(bucket, request)
    case .listV1(let bucket): try listV1(bucket, request)
    case .listV2(let bucket): try listV2(bucket, request)
    case .uploadSigned, .downloadSigned, .sign, .signMany, .signUpload, .move, .copy, .purge:
      try refuse(route, request)
    case .resumable(let route):
      route.response(to: request.http, limit: settings.byteLimit, authentication)
    }
  }

  /// Whether the rows can be reached.
  private func health(_ request: StorageRequest) throws -> HTTPResponse {
    _ = try authentication.caller(of: request.http)
    let isHealthy = (try? database.asSuperuser { try $0.query("select 1 from storage.buckets limit 1") }) != nil
    return .json(["healthy": .bool(isHealthy)])
  }
}

extension StorageRoute {
  /// Routes without a response schema send the members of an error in another order.
  fileprivate var hasSchema: Bool {
    switch self {
    case .health, .resumable: false
    default: true
    }
  }
}
