import Testing

@testable import StorageModel

@Suite struct MediaTypeTests {
  private func type(_ name: String, _ start: [UInt8] = []) throws -> String {
    MediaType.of(name: try #require(LocalPath(name)), start: start).description
  }

  @Test(arguments: [
    ("a/b/report.PDF", "application/pdf"), ("main.swift", "text/x-swift"), ("README.md", "text/markdown"),
    ("x.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), ("i.JPeG", "image/jpeg"),
    ("a.tar.gz", "application/gzip"), ("data.json", "application/json"), ("song.mp3", "audio/mpeg"),
  ])
  func `the extension tells, whatever its case`(name: String, expected: String) throws {
    #expect(try type(name, [0, 1, 2]) == expected)
  }

  @Test func `every extension stands once, in lower case, under a well-formed type`() {
    var seen: Set<Substring> = []
    for (type, extensions) in mediaTypesByExtension {
      #expect(type.split(separator: "/").count == 2 && !type.contains(";") && type == type.lowercased())
      for name in extensions.split(separator: " ") {
        #expect(seen.insert(name).inserted, "\(name) stands twice")
        #expect(name == Substring(name.lowercased()) && name.utf8.count <= 16)
      }
    }
    #expect(seen.count > 250)
  }

  @Test(arguments: [
    (Array("all:\n\tcc x.c\n".utf8), "text/plain"), (Array("Gr\u{fc}\u{df}e\n".utf8), "text/plain"),
    ([0x47, 0x72, 0xfc, 0xdf, 0x65, 0x20, 0x61, 0x6c, 0x6c, 0x65], "text/plain"),
    (Array("日本語のテキスト".utf8.dropLast()), "text/plain"),
    (Array("%PDF-1.7\n".utf8), "application/pdf"), ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"),
    ([0x1f, 0x8b, 8], "application/gzip"), (Array("RIFF1234WEBPVP8 ".utf8), "image/webp"),
    ([0x7f, 0x45, 0x4c, 0x46, 2], "application/x-elf"), ([0, 0, 0, 24] + Array("ftypisom".utf8), "video/mp4"),
    ([0, 1, 2, 3], "application/octet-stream"), ([0xfc, 0xdf, 0x80, 0x81], "application/octet-stream"),
    ([], "application/octet-stream"),
  ])
  func `without a known extension the content tells`(start: [UInt8], expected: String) throws {
    #expect(try type("Makefile", start) == expected)
    #expect(try type("file.unheard-of", start) == expected)
    #expect(try type(".profile", start) == expected)
  }

  @Test func `containers are told apart by their brand, and streams from TypeScript by their content`() throws {
    let brands = [
      ("ftypmif1", "image/heif"), ("ftypheix", "image/heic"), ("ftypM4A ", "audio/mp4"), ("ftypmp42", "video/mp4"),
    ]
    for (brand, expected) in brands { #expect(try type("file", [0, 0, 0, 24] + Array(brand.utf8)) == expected) }
    let packet = [0x47, 0x40, 0, 0x10] + [UInt8](repeating: 0xff, count: 184)
    #expect(try type("segment.TS", packet + packet) == "video/mp2t")
    #expect(try type("main.ts", Array("const x = 1\n".utf8)) == "text/x-typescript")
    #expect(try type("empty.ts") == "text/x-typescript")
    #expect(try type("Game.txt", packet + packet) == "text/plain")
  }

  @Test func `a name of any bytes is looked up without harm`() throws {
    let name = try #require(LocalPath(bytes: [0x61, 0x2e, 0xff, 0xfe]))
    #expect(MediaType.of(name: name) == nil)
    #expect(MediaType.of(name: .empty) == nil)
  }
}
