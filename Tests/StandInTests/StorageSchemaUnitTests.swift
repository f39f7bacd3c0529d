import Testing

@testable import StandIn

@Suite struct StorageSchemaUnitTests {
  private func message(_ value: JSON, _ schema: RequestSchema) -> String? {
    do throws(RequestSchema.Violation) {
      _ = try schema.coerce(value, at: "body")
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `values are coerced to the type that is wanted`() throws {
    let coerced = try RequestSchema.listV2.coerce(
      ["prefix": .number(12), "limit": "3", "with_delimiter": "true"], at: "body")
    #expect(coerced == ["prefix": "12", "limit": .number(3), "with_delimiter": .bool(true)])
  }

  @Test func `a single value becomes an array and an array of one a value`() throws {
    #expect(
      try RequestSchema.bulkDeletion.coerce(["prefixes": "a"], at: "body") == ["prefixes": .array(["a"])])
    #expect(try RequestSchema.string().coerce(.array(["a"]), at: "body") == "a")
  }

  @Test func `messages name the place and the rule`() {
    #expect(message(.null, .listV1) == "body must be object")
    #expect(message([:], .listV1) == "body must have required property 'prefix'")
    #expect(message(["prefix": "", "limit": .number(0)], .listV1) == "body/limit must be >= 1")
    #expect(message(["limit": .number(1.5)], .listV2) == "body/limit must be integer")
    #expect(
      message(["sortBy": ["column": "id"]], .listV2)
        == "body/sortBy/column must be equal to one of the allowed values")
    #expect(
      message(["prefixes": .array([])], .bulkDeletion) == "body/prefixes must NOT have fewer than 1 items")
  }

  @Test(arguments: [
    ("20MB", 20_000_000), ("52428KB", 52_400_000), ("1234MB", 1_230_000_000), ("1.5kb", 1500), ("7b", 7), ("0B", 0),
  ])
  func `byte counts have decimal units and three digits`(_ text: String, _ bytes: Double) {
    #expect(ByteCount(text)?.bytes == bytes)
  }

  @Test(arguments: ["50 MB", "1TB", "abc", "", "MB", ".5MB", "1.MB", "-1B"])
  func `other byte counts are refused`(_ text: String) {
    #expect(ByteCount(text) == nil)
  }

  @Test func `a bucket's limit may be a number, text, nothing`() throws {
    let schema = RequestSchema.byteCount
    #expect(try schema.coerce("1000", at: "body") == .number(1000))
    #expect(try schema.coerce(.bool(true), at: "body") == .number(1))
    #expect(try schema.coerce("", at: "body") == .null)
    #expect(try schema.coerce("1mb", at: "body") == "1mb")
    #expect(message(.number(-1), schema)?.hasPrefix("body must be >= 0, body must match pattern") == true)
    #expect(message("abc", schema)?.contains(#"must pass "finite" keyword validation"#) == true)
  }
}
