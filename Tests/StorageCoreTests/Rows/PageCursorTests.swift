import StorageModel
import StoragePlaces
import Testing

@Suite struct PageCursorTests {
  static let cursors = [
    PageCursor(in: "files by newest", ["2025-01-03T00:00:00.123456+00:00", "f1"]),
    PageCursor(in: "files by newest", [nil, "f1"]), PageCursor(in: "files by name", ["", "f1"]),
    PageCursor(in: "files by name", ["=a\n🙂\"", "f1"]),
    PageCursor(in: "files by name", ["\u{301}a", "f1"]), PageCursor(in: "files by id", ["f1"]),
  ]

  @Test(arguments: cursors)
  func `its text gives the same cursor back, and is safe on a command line`(_ cursor: PageCursor) throws {
    let text = cursor.description
    #expect(PageCursor(text) == cursor)
    #expect(text.wholeMatch(of: #/[A-Za-z0-9_-]+/#) != nil && text.first != "-")
  }

  @Test(arguments: cursors)
  func `damaged text is none`(_ cursor: PageCursor) {
    let text = cursor.description
    for count in 0..<text.count { #expect(PageCursor(String(text.prefix(count))) == nil) }
    for index in text.indices {
      for other in ["A", "_", "=", "!", "é"] where !text[index...].hasPrefix(other) {
        #expect(PageCursor(text.replacingCharacters(at: index, with: other)) != cursor)
      }
    }
    #expect(PageCursor(text + "A") == nil && PageCursor("") == nil && PageCursor("next") == nil)
  }

  @Test func `in another list it means nothing`() throws {
    #expect(try Self.cursors[1].values(in: "files by newest") == [nil, "f1"])
    let error = #expect(throws: StorageError.self) { try Self.cursors[1].values(in: "files by oldest") }
    #expect(error?.code == .configuration)
  }

  @Test func `a media range is one type or all of a kind`() {
    #expect(MediaRange("image/png") == .exactly("image/png") && MediaRange("image/*") == .all(of: "image"))
    #expect(MediaRange("Image/PNG") == .exactly("image/png") && MediaRange("IMAGE/*") == .all(of: "image"))
    for text in ["image", "image/", "/png", "*/*", "image/p*", "a/b/c", ""] {
      #expect(MediaRange(text) == nil, "\(text)")
    }
  }
}

extension String {
  fileprivate func replacingCharacters(at index: Index, with other: String) -> String {
    String(self[..<index]) + other + String(self[self.index(after: index)...])
  }
}
