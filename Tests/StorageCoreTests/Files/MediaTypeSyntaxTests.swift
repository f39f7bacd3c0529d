import Testing

@testable import StorageModel

@Suite struct MediaTypeSyntaxTests {
  @Test(arguments: [
    ("image/png", "image/png"), ("Image/PNG", "image/png"), ("application/vnd.api+json", "application/vnd.api+json"),
    ("text/plain;charset=UTF-8", "text/plain;charset=UTF-8"),
    ("TEXT/html ; charset=utf-8; v=\"a;\\\"b\"", "text/html ; charset=utf-8; v=\"a;\\\"b\""),
  ])
  func `a media type is taken, its names in lower case`(text: String, expected: String) throws {
    let type = try #require(MediaType(validating: text))
    #expect(type.description == expected)
    #expect(!type.withoutParameters.description.contains { $0 == ";" || $0 == " " })
  }

  @Test(arguments: [
    "", "image", "image/", "/png", "a/b/c", "image/png;", "image/png; charset", "image/png; =x", "image/png; a=",
    "image/png x", " image/png", "image/png ", "image/png\r\nX-Evil: 1", "image/png;a=\"x", "image/png;a=\"\n\"",
    "ïmage/png", "image/png;a=é", "*/", "image/p@g", "text/\(String(repeating: "x", count: 251))",
  ])
  func `what does not fit a header field is refused`(text: String) {
    #expect(MediaType(validating: text) == nil)
  }

  @Test func `every type of the table is one, and names made from its extension have it`() throws {
    for (type, _) in mediaTypesByExtension {
      let type = try #require(MediaType(validating: type))
      let name = try #require(type.fileExtension.flatMap { LocalPath("x.\($0)") })
      #expect(MediaType.of(name: name, start: []) == type)
    }
  }
}
