extension Upload {
  /// A form with one file. Its fields count where they are known when the file begins: those before it, and in a form
  /// so small that it comes in one piece all of them.
  func receiveForm(_ request: HTTPRequest, contentType: String) throws -> HTTPResponse {
    guard let form = MultipartForm(contentType: contentType, body: request.body) else {
      throw StorageError.invalidRequest("Multipart: Boundary not found")
    }
    do {
      var fields: [String: String] = [:]
      while let part = try form.next() {
        if part.isFile { return try receive(part, of: form, fields, request) }
        fields[part.name] = try Self.text(form)
      }
    } catch is MultipartForm.Truncated {
      throw StorageError.invalidRequest("Request stream closed before upload could begin")
    }
    throw StorageError.invalidRequest("No content provided")
  }

  private static func text(_ form: MultipartForm) throws -> String {
    var bytes: [UInt8] = []
    try form.read { piece in
      guard bytes.count <= UserMetadata.byteLimit else { return }
      bytes += piece
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func receive(
    _ part: MultipartForm.Part, of form: MultipartForm, _ earlierFields: [String: String],
    _ request: HTTPRequest
  ) throws -> HTTPResponse {
    var fields = earlierFields
    var content: [UInt8]?
    if try form.isSmall() {
      var bytes: [UInt8] = []
      try form.read { bytes += $0 }
      content = bytes
      while let later = try form.next() {
        if !later.isFile { fields[later.name] = try Self.text(form) }
      }
    }
    let properties = try properties(of: part, fields, robots: request.headers["x-robots-tag"])
    let metadata = try permit(properties)
    let file = try service.blobs.makeUpload(etags: service.etags)
    var byteCount: Int64 = 0
    /// What is over the limit is taken off the wire and thrown away.
    func take(_ bytes: [UInt8]) throws {
      byteCount += Int64(bytes.count)
      if byteCount <= byteLimit { try file.write(bytes) }
    }
    if let content { try take(content) } else { try form.read(take) }
    if byteCount > byteLimit { throw StorageError.tooLarge() }
    return try store(file, properties, userMetadata: metadata)
  }

  private func properties(
    of part: MultipartForm.Part, _ fields: [String: String], robots: String?
  ) throws(StorageError) -> UploadProperties {
    func field(_ name: String) -> String? {
      fields[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let mimeType = field("contentType") ?? part.contentType ?? "text/plain"
    try checkMimeType(mimeType)
    let metadata = fields["metadata"] ?? fields["userMetadata"]
    if let metadata, metadata.utf8.count > UserMetadata.byteLimit { throw .tooLarge("user_metadata") }
    return UploadProperties(
      mimeType: mimeType, cacheControl: field("cacheControl").map { "max-age=\($0)" } ?? "no-cache", robots: robots,
      userMetadata: metadata.flatMap { JSON(parsing: $0.utf8, loneSurrogates: .replaced) })
  }
}
