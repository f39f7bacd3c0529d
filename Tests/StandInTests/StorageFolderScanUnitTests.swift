import Testing

@testable import StandIn

@Suite struct StorageFolderScanUnitTests {
  private static let names = [
    "B.txt", "Folder/z", "a", "a-b", "a.txt", "a/x", "dup//x", "folder-2/q", "folder.txt", "folder/sub/y", "folder/x",
    "trail/", "z1", "zed/only",
  ]

  /// Entries as text; a folder ends with a slash.
  private func scan(
    ascending: Bool = true, prefix: String = "", from start: String? = nil, skipping: Int = 0, limit: Int = 100
  ) throws -> [String] {
    let names = Self.names.filter { $0.hasPrefix(prefix) }.sorted { one, other in
      one.utf8.lexicographicallyPrecedes(other.utf8) == ascending && one != other
    }
    let scan = FolderScan(isAscending: ascending, prefix: prefix) { from, isInclusive, count in
      names.filter { name in
        guard let from else { return true }
        if name == from { return isInclusive }
        return from.utf8.lexicographicallyPrecedes(name.utf8) == ascending
      }.prefix(count).map { name in
        let object = ListedObject([name, "id", nil, nil, nil, nil])
        return FolderScan.Row(sortName: name, object: object)
      }
    }
    return try scan.entries(from: start, skipping: skipping, limit: limit).map { entry in
      switch entry {
      case .folder(let name): name
      case .object(let object): object.name
      }
    }
  }

  @Test func `upwards folders and objects are merged in byte order`() throws {
    let all = [
      "B.txt", "Folder/", "a", "a-b", "a.txt", "a/", "dup/", "folder-2/", "folder.txt", "folder/", "trail/", "z1",
      "zed/",
    ]
    #expect(try scan() == all)
    #expect(try scan(skipping: 2, limit: 3) == Array(all[2..<5]))
  }

  @Test func `downwards a folder of one object is lost behind an object`() throws {
    #expect(
      try scan(ascending: false)
        == ["zed/", "z1", "folder/", "folder.txt", "dup/", "a/", "a.txt", "a-b", "a", "B.txt"])
  }

  @Test func `a page that begins behind a folder passes over all in it`() throws {
    #expect(try scan(from: "folder0", limit: 2) == ["trail/", "z1"])
    #expect(try scan(from: "a0", limit: 1) == ["dup/"])
  }

  @Test func `below a prefix only the rest of a name makes a folder`() throws {
    #expect(try scan(prefix: "folder/") == ["folder/sub/", "folder/x"])
    #expect(try scan(prefix: "fol") == ["folder-2/", "folder.txt", "folder/"])
    #expect(Folder.trimmed("dup//") == "dup")
  }

  @Test func `the bound of a prefix is the next string without it`() {
    #expect(upperBound("ab") == "ac")
    #expect(upperBound("é") == "ê")
    #expect(upperBound("a\u{10FFFF}") == "b")
    #expect(upperBound("") == nil)
  }
}
