import Testing

@testable import StandIn

@Suite struct StorageRulesUnitTests {
  @Test(arguments: ["a", "AZaz09_!.*'()&$@=;:+,?-", "a b/c", "/lead", "trail/", "dup//x", "a/../b"])
  func `these keys are allowed`(_ key: String) {
    #expect(NameRules.isKey(key))
  }

  @Test(arguments: ["", "é", "a%b", "a~b", "a#b", "a\"b", "a\\b", "a\tb", "a|b", "a{b", "a\u{a0}b"])
  func `these keys are not`(_ key: String) {
    #expect(!NameRules.isKey(key))
  }

  @Test func `bucket names have no slash, a length and no blanks at their ends`() {
    #expect(NameRules.isNewBucket("in ner"))
    #expect(NameRules.isBucket(String(repeating: "m", count: 100)))
    #expect(!NameRules.isBucket(String(repeating: "m", count: 101)))
    #expect(!NameRules.isNewBucket(" lead"))
    #expect(!NameRules.isBucket("a/b"))
    #expect(!NameRules.isBucket("x--table-s3"))
  }

  @Test(arguments: ["image/png", "image/*", "*/*", "*", "application/vnd.api+json", "text/plain; charset=utf-8"])
  func `a bucket may allow these types`(_ type: String) {
    #expect(BucketRules.isAllowedMimeType(type))
  }

  @Test(arguments: ["bad", "a/b/c", "/png", "image/", "text/plain; q=1"])
  func `a bucket may not allow these`(_ type: String) {
    #expect(!BucketRules.isAllowedMimeType(type))
  }

  @Test func `types are compared letter by letter`() {
    #expect(BucketRules.accepts("image/webp; q=1", among: ["image/*"]))
    #expect(BucketRules.accepts("image/png", among: ["text/plain", "image/png"]))
    #expect(!BucketRules.accepts("IMAGE/PNG", among: ["image/png"]))
    #expect(!BucketRules.accepts("image/png;charset=utf-8", among: ["image/png"]))
    #expect(!BucketRules.accepts("text/plain", among: ["*/*"]))
  }

  @Test(arguments: [
    "noindex", "noindex, nofollow", "max-snippet: -1", "googlebot: nofollow",
    "unavailable_after: Sat, 01 Jan 2100 00:00:00 GMT, noindex",
  ])
  func `these rules for robots are taken`(_ rules: String) throws {
    try RobotsTag.validate(rules)
  }

  @Test func `a rule nobody knows is quoted in the refusal`() {
    let refusal = #expect(throws: StorageError.self) { try RobotsTag.validate("noindex, bananas") }
    #expect(refusal?.message == "Invalid X-Robots-Tag header: Invalid X-Robots-Tag rule: \"bananas\"")
  }

  @Test func `user metadata that is no object is dropped or refused as PostgreSQL would`() throws {
    #expect(try UserMetadata.text(nil) == "{}")
    #expect(try UserMetadata.text(.number(7)) == "{}")
    #expect(try UserMetadata.text(.array([])) == "{}")
    #expect(try UserMetadata.text(["k": "v"]) == #"{"k":"v"}"#)
    #expect(throws: StorageError.invalidMetadataJSON) { try UserMetadata.text(.array([.number(1)])) }
    #expect(throws: StorageError.invalidMetadataJSON) { try UserMetadata.text("s") }
  }
}
