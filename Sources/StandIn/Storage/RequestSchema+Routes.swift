/// What the routes accept, in the order in which the real server looks at the members.
extension RequestSchema {
  static let bucketList = RequestSchema.object(properties: [
    "limit": .integer(minimum: 1), "offset": .integer(minimum: 0),
    "sortColumn": .string(allowed: ["id", "name", "created_at", "updated_at"]),
    "sortOrder": .string(allowed: ["asc", "desc"]), "search": .string(),
  ])

  static let bucketCreation = RequestSchema.object(
    properties: [
      "name": .string(), "id": .string(), "public": .boolean,
      "type": .string(allowed: ["STANDARD", "ANALYTICS"]), "file_size_limit": .byteCount,
      "allowed_mime_types": .nullable(.array(of: .string())),
    ], required: ["name"])

  static let bucketUpdate = RequestSchema.object(
    properties: [
      "public": .boolean, "file_size_limit": .byteCount, "allowed_mime_types": .nullable(.array(of: .string())),
    ], anyOf: ["public", "file_size_limit", "allowed_mime_types"])

  static let bulkDeletion = RequestSchema.object(
    properties: ["prefixes": .array(of: .string(), count: 1...Int.max)], required: ["prefixes"])

  static let listV1 = RequestSchema.object(
    properties: [
      "prefix": .string(), "limit": .integer(minimum: 1), "offset": .integer(minimum: 0),
      "sortBy": sorting(["name", "updated_at", "created_at", "last_accessed_at"]), "search": .string(),
    ], required: ["prefix"])

  static let listV2 = RequestSchema.object(properties: [
    "prefix": .string(), "limit": .integer(minimum: 1), "cursor": .string(), "with_delimiter": .boolean,
    "sortBy": sorting(["name", "updated_at", "created_at"]),
  ])

  static let download = RequestSchema.object(properties: ["download": .string()])

  static let tokenQuery = RequestSchema.object(properties: ["token": .string()], required: ["token"])

  static let signing = RequestSchema.object(
    properties: ["expiresIn": .integer(minimum: 1), "transform": .object(properties: [:])], required: ["expiresIn"])

  static let signingMany = RequestSchema.object(
    properties: ["expiresIn": .integer(minimum: 1), "paths": .array(of: .string(), count: 1...1000)],
    required: ["expiresIn", "paths"])

  static let moving = RequestSchema.object(
    properties: [
      "bucketId": .string(), "sourceKey": .string(), "destinationBucket": .string(), "destinationKey": .string(),
    ], required: ["bucketId", "sourceKey", "destinationKey"])

  static let copying = RequestSchema.object(
    properties: [
      "bucketId": .string(), "sourceKey": .string(), "destinationBucket": .string(), "destinationKey": .string(),
      "metadata": .object(properties: ["cacheControl": .string(), "mimetype": .string()]), "copyMetadata": .boolean,
    ], required: ["sourceKey", "bucketId", "destinationKey"])

  private static func sorting(_ columns: [String]) -> RequestSchema {
    .object(
      properties: ["column": .string(allowed: columns), "order": .string(allowed: ["asc", "desc"])],
      required: ["column"])
  }
}
