import CSupastoreCurl

extension Slot {
  /// A body below this leaves in one send with the head; libcurl takes none that is larger there.
  static let smallBodyLimit: Int64 = 64 << 10
  /// From this length on a larger send buffer saves more than it costs.
  static let largeBodyLimit: Int64 = 8 << 20
  static let largeSendBuffer = 2 << 20

  func prepare(_ request: HTTPRequest) throws(TransportError) {
    try request.checkHead()
    let target = try RequestTarget(request.url)
    guard target.scheme == .https || target.isLoopback || configuration.allowsPlainHTTP else {
      throw .invalid("plain http is allowed to loopback hosts only")
    }
    try prepareConnection(target)
    try prepareLimits(request)
    try prepareCallbacks()
    try easy.set(CURLOPT_URL, to: request.url)
    try easy.set(CURLOPT_PATH_AS_IS, to: 1)
    try prepareMethod(request.method)
    try prepareHeaders(request.headers)
  }

  private func prepareConnection(_ target: RequestTarget) throws(TransportError) {
    try easy.set(CURLOPT_NOSIGNAL, to: 1)
    // A cancelled transfer does not wait for the resolver's thread.
    try easy.set(CURLOPT_QUICK_EXIT, to: 1)
    try easy.set(CURLOPT_PROTOCOLS_STR, to: target.scheme.rawValue)
    try easy.set(CURLOPT_HTTP_VERSION, to: Int(CURL_HTTP_VERSION_1_1))
    try easy.set(CURLOPT_FOLLOWLOCATION, to: 0)
    try easy.set(CURLOPT_NETRC, to: Int(CURL_NETRC_IGNORED.rawValue))
    try easy.set(CURLOPT_TCP_NODELAY, to: 1)
    try easy.set(CURLOPT_TCP_KEEPALIVE, to: 1)
    // Seconds. Servers and the boxes before them forget idle connections soon after.
    try easy.set(CURLOPT_MAXAGE_CONN, to: 60)
    try easy.set(CURLOPT_MAXLIFETIME_CONN, to: 600)
    try easy.set(CURLOPT_SSLVERSION, to: Int(CURL_SSLVERSION_TLSv1_2))
    if let file = configuration.certificateAuthorities {
      for option in [CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO] { try easy.set(option, to: file) }
      // Debian's libcurl also trusts a folder by default.
      for option in [CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH] { try easy.set(option, to: nil) }
    }
    if target.isLoopback {
      try easy.set(CURLOPT_PROXY, to: "")
    } else if let proxy = configuration.proxy {
      try easy.set(CURLOPT_PROXY, to: proxy)
    }
    try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, to: 1)
  }

  private func prepareLimits(_ request: HTTPRequest) throws(TransportError) {
    try easy.set(CURLOPT_CONNECTTIMEOUT_MS, to: configuration.connectTimeLimit.milliseconds)
    try easy.set(CURLOPT_LOW_SPEED_LIMIT, to: 1024)
    try easy.set(CURLOPT_LOW_SPEED_TIME, to: (configuration.stallTimeLimit.milliseconds + 999) / 1000)
    if let limit = request.totalTimeLimit {
      try easy.set(CURLOPT_TIMEOUT_MS, to: limit.milliseconds)
    }
  }

  private func prepareCallbacks() throws(TransportError) {
    let user = Unmanaged.passUnretained(self).toOpaque()
    for option in [
      CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_XFERINFODATA,
      CURLOPT_PREREQDATA,
    ] {
      try easy.set(option, toPointer: user)
    }
    try easy.set(CURLOPT_READFUNCTION, to: readBody)
    try easy.set(CURLOPT_WRITEFUNCTION, to: takeBody)
    try easy.set(CURLOPT_HEADERFUNCTION, to: takeHeader)
    try easy.check(ccurl_setopt_seek_callback(easy.pointer, seekBody))
    try easy.check(ccurl_setopt_progress_callback(easy.pointer, countProgress))
    try easy.check(ccurl_setopt_prerequest_callback(easy.pointer, willSendRequest))
    try easy.set(CURLOPT_NOPROGRESS, to: 0)
    try easy.set(CURLOPT_ERRORBUFFER, toPointer: errorText.bytes.baseAddress)
  }

  /// The verb and the way of the body. Every body has a Content-Length.
  private func prepareMethod(_ method: HTTPRequest.Method) throws(TransportError) {
    switch (method, source.body) {
    case (.get, _): try easy.set(CURLOPT_HTTPGET, to: 1)
    case (.head, _): try easy.set(CURLOPT_NOBODY, to: 1)
    case (.delete, .none):
      try easy.set(CURLOPT_HTTPGET, to: 1)
      try easy.set(CURLOPT_CUSTOMREQUEST, to: method.rawValue)
    case (.post, _), (.put, _), (.patch, _), (.delete, _):
      if source.byteCount < Self.smallBodyLimit {
        try prepareSmallBody()
      } else {
        try easy.set(CURLOPT_UPLOAD, to: 1)
        try easy.set(CURLOPT_INFILESIZE_LARGE, toOffset: source.byteCount)
        if source.byteCount >= Self.largeBodyLimit {
          try easy.set(CURLOPT_UPLOAD_BUFFERSIZE, to: Self.largeSendBuffer)
        }
      }
      try easy.set(CURLOPT_CUSTOMREQUEST, to: method.rawValue)
    }
  }

  private func prepareSmallBody() throws(TransportError) {
    if smallBody == nil { smallBody = FixedBuffer(byteCount: Int(Self.smallBodyLimit)) }
    guard let bytes = smallBody?.bytes, source.read(into: bytes) != nil else {
      let reason = TransportError.Reason.sourceEnded
      throw TransportError(reason, .nothingSent, reason.message(CURLE_READ_ERROR))
    }
    try easy.set(CURLOPT_POST, to: 1)
    try easy.set(CURLOPT_POSTFIELDSIZE_LARGE, toOffset: source.byteCount)
    try easy.set(CURLOPT_POSTFIELDS, toPointer: bytes.baseAddress)
  }

  private func prepareHeaders(_ fields: [HTTPField]) throws(TransportError) {
    var lines = HeaderList()
    for field in fields {
      // A line "Name:" would take a header away; "Name;" sends it empty.
      let isEmpty = field.value.utf8.allSatisfy { $0 == UInt8(ascii: " ") }
      try lines.append(isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    try lines.append("Expect:")
    if !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
      // Else libcurl would call the body a form.
      try lines.append("Content-Type:")
    }
    try easy.set(CURLOPT_HTTPHEADER, to: lines)
    try easy.set(CURLOPT_USERAGENT, to: configuration.userAgent)
    headers = lines
  }
}

extension Duration {
  /// Rounded up, and at least 1: libcurl takes 0 for none.
  fileprivate var milliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds < 1 << 40 else { return 1 << 50 }
    return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
  }
}
