/// What the codes of the Storage service mean.
enum StorageCodes {
  /// Nil for a code that says no more than its status.
  static func kind(of code: String?, message: String, effect: Route.Effect) -> ServiceError.Kind? {
    switch code {
    case "NoSuchKey", "NoSuchUpload": .missing
    case "NoSuchBucket", "TenantNotFound", "FeatureNotEnabled", "DatabaseInvalidObjectDefinition",
      "DatabaseSchemaMismatch":
      .setUp
    case "KeyAlreadyExists", "ResourceAlreadyExists", "BucketAlreadyExists", "ResourceNotEmpty", "ResourceReferenced":
      .conflict
    case "EntityTooLarge", "InvalidMimeType": .limit
    case "AccessDenied", "InvalidJWT", "InvalidSignature", "ExpiredToken", "SignatureDoesNotMatch",
      "InvalidAccessKeyId":
      .denied
    // Rolled back, or never begun, by the service's own word.
    case "TransactionError", "ResourceLocked", "LockTimeout", "DatabaseTimeout", "SlowDown", "DatabaseReadOnly",
      "DatabaseTransactionAborted":
      .retryable
    case "InvalidKey", "InvalidBucketName", "InvalidParameter", "MissingParameter", "InvalidRange", "InvalidChecksum",
      "MissingContentLength", "NotSupported":
      .invalid
    case "DatabaseError": databaseError(message, effect)
    case "InternalError", "UnknownError", "Aborted", "AbortedTerminate": ServiceError.lost(effect)
    // The gateway did not take the key for one of its own.
    case "InvalidRequest" where message == "headers must have required property 'authorization'": .denied
    // `S3Error` and `InvalidRequest` stand for many things: the status decides.
    default: nil
    }
  }

  /// `database error, code: 54000`
  private static func databaseError(_ message: String, _ effect: Route.Effect) -> ServiceError.Kind {
    guard let start = message.firstRange(of: "code: ") else { return ServiceError.lost(effect) }
    return switch message[start.upperBound...].prefix(5) {
    // The name does not fit into the index.
    case "54000": .limit
    // The key's role does not exist in this database.
    case "22023": .denied
    default: ServiceError.lost(effect)
    }
  }
}
