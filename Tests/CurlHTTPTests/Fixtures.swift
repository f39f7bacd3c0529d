import CurlHTTP
import Glibc
import Testing

/// A client for one test, whatever proxy the environment names.
func withClient<R>(
  isolation: isolated (any Actor)? = #isolation, _ change: (inout HTTPConfiguration) -> Void = { _ in },
  _ body: (HTTPClient) async throws -> R
) async throws -> R {
  var configuration = HTTPConfiguration()
  configuration.proxy = ""
  change(&configuration)
  return try await HTTPClient.withRunning(configuration, isolation: isolation, body)
}

/// A name with a label too long to be asked about: no resolver is waited for.
let unresolvableHost = String(repeating: "a", count: 64) + ".invalid"

extension HTTPClient {
  /// The error of a transfer that must fail; nil when it does not.
  func failure(of request: HTTPRequest) async -> TransportError? {
    do {
      _ = try await perform(request)
      return nil
    } catch {
      return error
    }
  }
}

// `#expect(try …)` alone does not make a closure a throwing one, hence these.
extension HTTPClient {
  func expect(
    _ status: Int, from request: HTTPRequest, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let reply = try await perform(request)
    #expect(reply.status == status, sourceLocation: sourceLocation)
  }

  func expect(
    _ body: String, from request: HTTPRequest, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let reply = try await perform(request)
    #expect(String(decoding: reply.body, as: UTF8.self) == body, sourceLocation: sourceLocation)
  }
}

/// An unlinked file, closed when its owner goes away.
struct ScratchFile: ~Copyable {
  let descriptor: Int32

  init(_ content: [UInt8] = []) throws {
    var path = Array("/tmp/curl-http-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    unlink(path)
    guard descriptor >= 0, pwrite(descriptor, content, content.count, 0) == content.count else {
      throw ScriptedServer.SocketFailed("open")
    }
  }

  deinit { close(descriptor) }

  func truncate(to byteCount: Int) {
    ftruncate(descriptor, byteCount)
  }

  var content: [UInt8] {
    let size = Int(lseek(descriptor, 0, Int32(SEEK_END)))
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      filled = max(0, pread(descriptor, buffer.baseAddress, size, 0))
    }
  }
}

/// Bytes that tell their position, so that a shifted or repeated piece shows.
func pattern(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
}
