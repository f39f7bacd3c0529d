/// What an operator of the real server sets by environment variables.
package struct StorageSettings: Sendable {
  /// The longest object, and the highest limit a bucket may have.
  var byteLimit: Int64 = 524_288_000
  /// The longest object uploaded in one request.
  var standardUploadLimit: Int64 = 52_428_800
  /// At most 1000 keys are deleted in one request.
  var hasHardLimits = false
  /// What `GET /version` tells.
  var version = "lab"

  package init(environment: [String: String] = [:]) {
    if let limit = environment["UPLOAD_FILE_SIZE_LIMIT"].flatMap({ Int64($0) }) { byteLimit = limit }
    if let limit = environment["UPLOAD_FILE_SIZE_LIMIT_STANDARD"].flatMap({ Int64($0) }) {
      standardUploadLimit = limit
    }
    hasHardLimits = environment["REQUEST_HARD_LIMITS_ENABLED"] == "true"
    if let version = environment["VERSION"] { self.version = version }
  }
}
