/// An error of Supabase Storage, as its JSON envelope tells it.
///
/// The HTTP status is 400 for almost all of them; the true status stands in the body as a string.
struct StorageError: Error, Equatable {
  /// The true status.
  var status: Int
  /// A legacy label; mostly the code again.
  var error: String
  var message: String
  var code: String
  /// The HTTP status where it is neither 400 nor the true 500.
  var httpStatus: Int?
  var closesConnection = false
  /// What becomes of a request body that was not read.
  var abandonsBody = false

  /// The error for an upload that was refused after its body had been attached to a pipe nobody empties.
  var abandoningBody: StorageError {
    var error = self
    error.abandonsBody = true
    return error
  }

  /// Routes without a response schema (TUS, health) send the members in another order.
  func response(hasSchema: Bool = true) -> HTTPResponse {
    let members: JSON =
      hasSchema
      ? [
        "statusCode": .string(String(status)), "error": .string(error), "message": .string(message),
        "code": .string(code),
      ]
      : [
        "statusCode": .string(String(status)), "code": .string(code), "error": .string(error),
        "message": .string(message),
      ]
    var response = HTTPResponse.json(members, status: httpStatus ?? (status == 500 ? 500 : 400))
    response.closesConnection = closesConnection
    if abandonsBody { response.unreadBody = .abandoned }
    return response
  }
}

extension StorageError {
  static let noSuchBucket = StorageError(
    status: 404, error: "Bucket not found", message: "Bucket not found", code: "NoSuchBucket")
  static let noSuchKey = StorageError(status: 404, error: "not_found", message: "Object not found", code: "NoSuchKey")
  static let invalidBucketName = StorageError(
    status: 400, error: "Invalid Input", message: "Bucket name invalid", code: "InvalidBucketName")
  static let bucketExists = StorageError(
    status: 409, error: "Duplicate", message: "The resource already exists", code: "BucketAlreadyExists")
  static let bucketNotEmpty = StorageError(
    status: 409, error: "ResourceNotEmpty", message: "The bucket you tried to delete is not empty",
    code: "ResourceNotEmpty")
  static let keyExists = StorageError(
    status: 409, error: "Duplicate", message: "The resource already exists", code: "KeyAlreadyExists")
  static let invalidContentType = StorageError(
    status: 415, error: "invalid_mime_type", message: "Invalid Content-Type header", code: "InvalidMimeType")
  static let invalidRange = StorageError(
    status: 416, error: "invalid_range", message: "invalid range provided", code: "InvalidRange", httpStatus: 416)
  /// What S3 says of an object whose bytes it does not have.
  static let noBytesOnS3 = StorageError(
    status: 404, error: "Not found", message: "The resource was not found", code: "NoSuchKey")
  static let internalError = StorageError(
    status: 500, error: "Internal", message: "Internal Server Error", code: "InternalError")
  static let wrongRole = StorageError(
    status: 403, error: "Unauthorized", message: "Access denied: Invalid role", code: "AccessDenied", httpStatus: 403)
  static let invalidMetadataJSON = StorageError(
    status: 400, error: "InvalidParameter", message: "invalid input syntax for type json", code: "InvalidParameter")

  static func invalidKey(_ key: String) -> StorageError {
    StorageError(status: 400, error: "InvalidKey", message: "Invalid key: \(key)", code: "InvalidKey")
  }

  static func accessDenied(_ message: String) -> StorageError {
    StorageError(status: 403, error: "Unauthorized", message: message, code: "AccessDenied")
  }

  static func tooLarge(_ what: String = "object") -> StorageError {
    StorageError(
      status: 413, error: "Payload too large", message: "The \(what) exceeded the maximum allowed size",
      code: "EntityTooLarge")
  }

  static func mimeTypeNotAllowed(_ type: String) -> StorageError {
    StorageError(
      status: 415, error: "invalid_mime_type", message: "mime type \(type) is not supported", code: "InvalidMimeType")
  }

  static func invalidRequest(_ message: String) -> StorageError {
    StorageError(status: 400, error: "InvalidRequest", message: message, code: "InvalidRequest")
  }

  static func invalidParameter(_ message: String) -> StorageError {
    StorageError(status: 400, error: "InvalidParameter", message: message, code: "InvalidParameter")
  }

  /// A refusal by a request schema.
  static func validation(_ message: String) -> StorageError {
    StorageError(status: 400, error: "Error", message: message, code: "InvalidRequest")
  }

  /// What lies behind the checks of a route that is left out.
  static let notInThisStandIn = StorageError(
    status: 501, error: "NotImplemented", message: "not in this stand-in yet", code: "NotImplemented",
    httpStatus: 501)

  /// What the server makes of an SQL error; `isBucket` chooses the label of a duplicate.
  static func database(_ error: PostgresError, isBucket: Bool = false) -> StorageError {
    guard let state = error.sqlState, !state.hasPrefix("08"), !state.hasPrefix("57P") else { return .internalError }
    switch state {
    case "42501":
      let end = error.message.firstRange(of: " for table \"")?.lowerBound ?? error.message.endIndex
      return .accessDenied(String(error.message[..<end]))
    case "23505":
      if isBucket { return .bucketExists }
      return StorageError(
        status: 409, error: "Duplicate", message: "The resource already exists", code: "ResourceAlreadyExists")
    case "23503":
      return StorageError(
        status: 404, error: "InvalidRequest", message: "The related resource does not exist", code: "InvalidRequest")
    case "55P03", "55006":
      return StorageError(
        status: 423, error: "ResourceLocked", message: "The resource is locked", code: "ResourceLocked")
    case "57014":
      return StorageError(
        status: 544, error: "DatabaseTimeout", message: "The connection to the database timed out",
        code: "DatabaseTimeout", httpStatus: 544)
    case "53300":
      return StorageError(
        status: 429, error: "too_many_connections", message: "Too many connections issued to the database",
        code: "SlowDown", httpStatus: 429)
    case "22P02":
      return .invalidParameter(error.message)
    default:
      return StorageError(
        status: 500, error: "DatabaseError", message: "database error, code: \(state)", code: "DatabaseError")
    }
  }
}
