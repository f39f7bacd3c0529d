import StorageModel
import Testing

@Suite struct LocalPathTests {
  private func path(_ text: String) throws -> LocalPath { try #require(LocalPath(text)) }

  @Test func `NFC and NFD are two paths`() throws {
    #expect(try path("\u{e9}") != path("e\u{301}"))
    #expect(try Set([path("\u{e9}"), path("e\u{301}")]).count == 2)
    #expect(try path("a/\u{e9}").string == "a/\u{e9}")
  }

  @Test func `a NUL makes no path`() {
    #expect(LocalPath("a\u{0}b") == nil)
    #expect(LocalPath(bytes: [0]) == nil)
  }

  @Test(arguments: [
    ("a/b.txt", "b.txt", "a"), ("/a", "a", "/"), ("a", "a", ""), ("/a//b/", "b", "/a"), ("a/b/c", "c", "a/b"),
  ])
  func `base name and parent`(text: String, baseName: String, parent: String) throws {
    #expect(try path(text).baseName?.string == baseName)
    #expect(try path(text).parent.string == parent)
  }

  @Test func `the root and the empty path have no base name`() throws {
    #expect(try path("/").baseName == nil)
    #expect(LocalPath.empty.baseName == nil)
  }

  @Test func `appending joins with one slash`() throws {
    #expect(try path("a").appending(path("b")).string == "a/b")
    #expect(try path("/").appending(path("b")).string == "/b")
    #expect(try path("a").appending(path("/b")).string == "/b")
    #expect(try LocalPath.empty.appending(path("b")).string == "b")
    #expect(try path("a").appending(.empty).string == "a")
  }

  @Test func `inside is decided by components`() throws {
    #expect(try path("/a/b/c").isInside(path("/a/b")))
    #expect(try path("/a/b").isInside(path("/a/b/")))
    #expect(try !path("/a/bc").isInside(path("/a/b")))
    #expect(try !path("a/b").isInside(path("/a")))
    #expect(try path("/a").isInside(path("/")))
  }

  @Test func `order is that of the bytes`() throws {
    #expect(try path("Z") < path("a"))
    #expect(try path("z") < path("\u{e9}"))
  }

  @Test func `the display form repairs UTF-8 and shows what would act on a terminal`() throws {
    #expect(LocalPath(bytes: [0x61, 0xff, 0x62])?.description == "a\u{fffd}b")
    #expect(LocalPath(bytes: [0x61, 0xff])?.isUTF8 == false)
    #expect(try path("a\nb\u{1b}[2J\u{7f}\u{202e}\u{85}é").description == "a\\nb\\u{1b}[2J\\u{7f}\\u{202e}\\u{85}é")
  }

  @Test func `C sees the same bytes and a NUL`() throws {
    let bytes = try path("aé").withCString { text in (0...4).map { UInt8(bitPattern: text[$0]) } }
    #expect(bytes.prefix(4) == [0x61, 0xc3, 0xa9, 0])
  }
}
