import CSupastoreLinux
import CurlHTTP
import Glibc
import Testing

/// Whom the client trusts, tried on a server of OpenSSL's own with a certificate for `localhost`.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TLSServer.isAvailable, "there is no openssl program")) struct TLSTests {
  @Test func `a certificate of a given authority is trusted, for its name alone`() async throws {
    try await TLSServer.withRunning { server in
      try await withClient({ $0.certificateAuthorities = server.certificate }) { client in
        try await client.expect(200, from: HTTPRequest(.get, "https://localhost:\(server.port)/"))
        let error = await client.failure(of: HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
        #expect(error?.reason == .tls)
        #expect(error?.outcome == .nothingSent)
      }
    }
  }

  @Test func `a certificate of an unknown authority is not trusted`() async throws {
    try await TLSServer.withRunning { server in
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.get, "https://localhost:\(server.port)/"))
        #expect(error?.reason == .tls)
        #expect(error?.outcome == .nothingSent)
      }
    }
  }

  @Test func `TLS before 1_2 is refused`() async throws {
    try await TLSServer.withRunning(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]) { server in
      try await withClient({ $0.certificateAuthorities = server.certificate }) { client in
        let error = await client.failure(of: HTTPRequest(.get, "https://localhost:\(server.port)/"))
        #expect(error?.reason == .tls)
        #expect(error?.outcome == .nothingSent)
      }
    }
  }
}

/// `openssl s_server` with a fresh self-signed certificate.
private struct TLSServer {
  static var isAvailable: Bool { access(program, X_OK) == 0 }
  private static let program = "/usr/bin/openssl"

  let port: UInt16
  /// The path of the certificate, its own authority.
  let certificate: String

  static func withRunning(_ options: [String] = [], _ body: (TLSServer) async throws -> Void) async throws {
    var template = Array("/tmp/curl-http-tls-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw ScriptedServer.SocketFailed("mkdtemp") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
    defer {
      unlink(certificate)
      unlink(key)
      rmdir(folder)
    }
    let make = try start([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ])
    waitpid(make.process, nil, 0)
    close(make.output)
    let server = try start(
      ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"] + options)
    defer {
      // The program inherits the signal mask of a pool's thread, which blocks gentler ones.
      kill(server.process, SIGKILL)
      waitpid(server.process, nil, 0)
      close(server.output)
    }
    try await body(TLSServer(port: readPort(server.output), certificate: certificate))
  }

  /// From the line "ACCEPT 127.0.0.1:40000"; 0 when it does not come.
  private static func readPort(_ descriptor: Int32) -> UInt16 {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1 {
      if byte != UInt8(ascii: "\n") {
        line.append(byte)
      } else if line.starts(with: "ACCEPT ".utf8) {
        return line.split(separator: UInt8(ascii: ":")).last.flatMap { UInt16(String(decoding: $0, as: UTF8.self)) }
          ?? 0
      } else {
        line = []
      }
    }
    return 0
  }

  private static func start(_ arguments: [String]) throws -> (process: pid_t, output: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw ScriptedServer.SocketFailed("pipe2") }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    guard posix_spawn(&process, program, &actions, nil, &words, environ) == 0 else {
      close(ends[0])
      throw ScriptedServer.SocketFailed("posix_spawn")
    }
    return (process, ends[0])
  }
}
