extension StorageService {
  func download(
    _ access: ReadAccess, _ bucket: String, _ key: String, _ request: StorageRequest
  ) throws -> HTTPResponse {
    if request.isHead {
      let object = try find(access, bucket, key, request)
      return head(of: object, request)
    }
    let name = try request.query(.download)["download"]?.string
    let object = try find(access, bucket, key, request)
    let path = blobs.path(version: object.version)
    guard let modified = Timestamp.modification(ofFile: path) else {
      switch etags {
      case .md5: throw StorageError.internalError
      case .multipart: throw StorageError.noBytesOnS3
      }
    }
    let byteCount = object.byteCount ?? 0
    var headers = headers(of: object, modified: modified)
    let condition = request.condition
    let isStale = condition != nil && condition != object.etag
    headers.add("cache-control", cacheControl(of: object, isStale ? "stale-while-revalidate=30" : nil))
    if let name { headers.add("content-disposition", Self.disposition(name)) }
    if isUnmodified(object, since: modified, request) {
      headers.add("content-length", "0")
      return HTTPResponse(status: 304, reason: "Not Modified", headers: headers, body: .none)
    }
    guard let text = request.http.headers["range"], !text.isEmpty else {
      return HTTPResponse(
        status: 200, reason: "OK", headers: headers, body: .file(path: path, range: 0..<byteCount))
    }
    guard let range = Self.range(text, of: byteCount) else { throw StorageError.invalidRange }
    headers.add("content-range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(byteCount)")
    return HTTPResponse(
      status: 206, reason: "Partial Content", headers: headers, body: .file(path: path, range: range))
  }

  /// Answered from the row: the bytes may be gone. Neither conditional nor partial.
  private func head(of object: StorageObject, _ request: StorageRequest) -> HTTPResponse {
    var headers = headers(of: object, modified: object.modified)
    headers.add("content-length", String(object.byteCount ?? 0))
    headers.add("cache-control", headCacheControl(of: object, request))
    return HTTPResponse(status: 200, reason: "OK", headers: headers, body: .none)
  }

  /// What HEAD and info tell.
  func headCacheControl(of object: StorageObject, _ request: StorageRequest) -> String {
    let condition = request.condition
    return cacheControl(of: object, condition != nil && condition != object.etag ? "must-revalidate" : nil)
  }

  private func cacheControl(of object: StorageObject, _ addition: String?) -> String {
    let stored = object.cacheControl ?? "no-cache"
    return addition.map { "\(stored), \($0)" } ?? stored
  }

  /// HTML is never served as such.
  private func headers(of object: StorageObject, modified: Timestamp) -> HTTPHeaders {
    let type = object.mimeType ?? "application/octet-stream"
    return [
      "accept-ranges": "bytes", "content-type": type.contains("text/html") ? "text/plain" : type,
      "etag": object.etag ?? "", "x-robots-tag": object.robots ?? "none",
      "last-modified": HTTPDate.text(secondsSince1970: Int64(modified.seconds)),
    ]
  }

  /// The file's time is finer than a header's, so that an object's own `Last-Modified` mostly counts as older.
  private func isUnmodified(_ object: StorageObject, since modified: Timestamp, _ request: StorageRequest) -> Bool {
    if let etag = object.etag, request.condition == etag { return true }
    guard let text = request.http.headers["if-modified-since"], let time = Timestamp(httpDate: text) else {
      return false
    }
    return modified <= time
  }

  /// The bytes of a `Range` header of one range, or nil.
  static func range(_ header: String, of byteCount: Int64) -> Range<Int64>? {
    guard header.hasPrefix("bytes=") else { return nil }
    let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
    let last = Int64(ends[1]) ?? (ends[1].isEmpty ? nil : .max)
    guard let first = Int64(ends[0]) ?? (ends[0].isEmpty ? nil : .max) else {
      guard let last, last > 0, byteCount > 0 else { return nil }
      return max(0, byteCount - last)..<byteCount
    }
    guard first < byteCount, first <= last ?? .max else { return nil }
    return first..<min(byteCount, (last ?? .max).addingReportingOverflow(1).overflow ? byteCount : (last ?? 0) + 1)
  }

  private static func disposition(_ name: String) -> String {
    guard !name.isEmpty else { return "attachment;" }
    var encoded: [UInt8] = []
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        encoded.append(byte)
      default:
        if "-_.!~*'()".utf8.contains(byte) { encoded.append(byte) } else { encoded.appendPercentEncoded(byte) }
      }
    }
    let text = String(decoding: encoded, as: UTF8.self)
    return "attachment; filename=\(text); filename*=UTF-8''\(text)"
  }
}
