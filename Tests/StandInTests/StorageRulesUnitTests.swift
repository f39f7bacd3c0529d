import Testing

@testable import StandIn

@Suite struct StorageRulesUnitTests {
  @Test(arguments: ["a", "AZaz09_!.*'()&$@=;:+,?-", "a b/c", "/lead", "trail/", "dup//x", "a/../b"])
  func `these keys are allowed`(_ key: String) {
    #expect(StorageNames.isKey(key))
  }

  @Test(arguments: ["", "é", "a%b", "a~b", "a#b", "a\"b", "a\\b", "a\tb", "a|b", "a{b", "a\u{a0}b"])
  func `these keys are not`(_ key: String) {
    #expect(!StorageNames.isKey(key))
  }

  @Test func `bucket names have no slash, a length and no blanks at their ends`() {
    #expect(StorageNames.isNewBucket("in ner"))
    #expect(StorageNames.isBucket(String(repeating: "m", count: 100)))
    #expect(!StorageNames.isBucket(String(repeating: "m", count: 101)))
    #expect(!StorageNames.isNewBucket(" lead"))
    #expect(!StorageNames.isBucket("a/b"))
    #expect(!StorageNames.isBucket("x--table-s3"))
  }

  @Test(arguments: ["image/png", "image/*", "*/*", "*", "application/vnd.api+json", "text/plain; charset=utf-8"])
  func `a bucket may allow these types`(_ type: String) {
    #expect(StorageBucketRules.isAllowedMimeType(type))
  }

  @Test(arguments: ["bad", "a/b/c", "/png", "image/", "text/plain; q=1"])
  func `a bucket may not allow these`(_ type: String) {
    #expect(!StorageBucketRules.isAllowedMimeType(type))
  }

  @Test func `types are compared letter by letter`() {
    #expect(StorageBucketRules.accepts("image/webp; q=1", among: ["image/*"]))
    #expect(StorageBucketRules.accepts("image/png", among: ["text/plain", "image/png"]))
    #expect(!StorageBucketRules.accepts("IMAGE/PNG", among: ["image/png"]))
    #expect(!StorageBucketRules.accepts("image/png;charset=utf-8", among: ["image/png"]))
    #expect(!StorageBucketRules.accepts("text/plain", among: ["*/*"]))
  }

  @Test(arguments: [
    "noindex", "noindex, nofollow", "max-snippet: -1", "googlebot: nofollow",
    "unavailable_after: Sat, 01 Jan 2100 00:00:00 GMT, noindex",
  ])
  func `these rules for robots are taken`(_ rules: String) throws {
    try StorageRobotsTag.validate(rules)
  }

  @Test func `a rule nobody knows is quoted in the refusal`() {
    let refusal = #expect(throws: StorageError.self) { try StorageRobotsTag.validate("noindex, bananas") }
    #expect(refusal?.message == "Invalid X-Robots-Tag header: Invalid X-Robots-Tag rule: \"bananas\"")
  }

  @Test func `user metadata that is no object is dropped or refused as PostgreSQL would`() throws {
    #expect(try StorageUserMetadata.text(nil) == "{}")
    #expect(try StorageUserMetadata.text(.number(7)) == "{}")
    #expect(try StorageUserMetadata.text(.array([])) == "{}")
    #expect(try StorageUserMetadata.text(["k": "v"]) == #"{"k":"v"}"#)
    #expect(throws: StorageError.invalidMetadataJSON) { try StorageUserMetadata.text(.array([.number(1)])) }
    #expect(throws: StorageError.invalidMetadataJSON) { try StorageUserMetadata.text("s") }
  }
}
