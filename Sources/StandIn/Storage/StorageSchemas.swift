/// What the routes accept, in the order in which the real server looks at the members.
extension StorageSchema {
  static let bucketList = StorageSchema.object(properties: [
    "limit": .integer(minimum: 1), "offset": .integer(minimum: 0),
    "sortColumn": .string(allowed: ["id", "name", "created_at", "updated_at"]),
    "sortOrder": .string(allowed: ["asc", "desc"]), "search": .string(),
  ])

  static let bucketCreation = StorageSchema.object(
    properties: [
      "name": .string(), "id": .string(), "public": .boolean,
      "type": .string(allowed: ["STANDARD", "ANALYTICS"]), "file_size_limit": .byteCount,
      "allowed_mime_types": .nullable(.array(of: .string())),
    ], required: ["name"])

  static let bucketUpdate = StorageSchema.object(
    properties: [
      "public": .boolean, "file_size_limit": .byteCount, "allowed_mime_types": .nullable(.array(of: .string())),
    ], anyOf: ["public", "file_size_limit", "allowed_mime_types"])

  static let bulkDeletion = StorageSchema.object(
    properties: ["prefixes": .array(of: .string(), count: 1...Int.max)], required: ["prefixes"])

  static let listV1 = StorageSchema.object(
    properties: [
      "prefix": .string(), "limit": .integer(minimum: 1), "offset": .integer(minimum: 0),
      "sortBy": sorting(["name", "updated_at", "created_at", "last_accessed_at"]), "search": .string(),
    ], required: ["prefix"])

  static let listV2 = StorageSchema.object(properties: [
    "prefix": .string(), "limit": .integer(minimum: 1), "cursor": .string(), "with_delimiter": .boolean,
    "sortBy": sorting(["name", "updated_at", "created_at"]),
  ])

  static let download = StorageSchema.object(properties: ["download": .string()])

  static let tokenQuery = StorageSchema.object(properties: ["token": .string()], required: ["token"])

  static let signing = StorageSchema.object(
    properties: ["expiresIn": .integer(minimum: 1), "transform": .object(properties: [:])], required: ["expiresIn"])

  static let signingMany = StorageSchema.object(
    properties: ["expiresIn": .integer(minimum: 1), "paths": .array(of: .string(), count: 1...1000)],
    required: ["expiresIn", "paths"])

  static let moving = StorageSchema.object(
    properties: [
      "bucketId": .string(), "sourceKey": .string(), "destinationBucket": .string(), "destinationKey": .string(),
    ], required: ["bucketId", "sourceKey", "destinationKey"])

  static let copying = StorageSchema.object(
    properties: [
      "bucketId": .string(), "sourceKey": .string(), "destinationBucket": .string(), "destinationKey": .string(),
      "metadata": .object(properties: ["cacheControl": .string(), "mimetype": .string()]), "copyMetadata": .boolean,
    ], required: ["sourceKey", "bucketId", "destinationKey"])

  private static func sorting(_ columns: [String]) -> StorageSchema {
    .object(
      properties: ["column": .string(allowed: columns), "order": .string(allowed: ["asc", "desc"])],
      required: ["column"])
  }
}
