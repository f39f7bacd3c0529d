/// One row of `storage.objects` in a list.
struct ListedObject {
  /// Columns for `init(_:)`.
  static let columns = """
    name, id, \(StorageDatabase.iso8601("updated_at")), \(StorageDatabase.iso8601("created_at")),
    \(StorageDatabase.iso8601("last_accessed_at")), metadata::text
    """

  let name: String
  let id: String?
  /// ISO 8601, as the two that follow.
  let updatedAt: String?
  let createdAt: String?
  let lastAccessedAt: String?
  /// JSON text.
  let metadata: String?

  init(_ row: [String?]) {
    name = row[0] ?? ""
    id = row[1]
    updatedAt = row[2]
    createdAt = row[3]
    lastAccessedAt = row[4]
    metadata = row[5]
  }

  /// A folder: a name alone.
  init(folder name: String) {
    self.name = name
    (id, updatedAt, createdAt, lastAccessedAt, metadata) = (nil, nil, nil, nil, nil)
  }

  var members: [JSON.Member] {
    [
      .init(name: "id", value: .optional(id)), .init(name: "updated_at", value: .optional(updatedAt)),
      .init(name: "created_at", value: .optional(createdAt)),
      .init(name: "last_accessed_at", value: .optional(lastAccessedAt)),
      .init(name: "metadata", value: metadata.map(JSON.text) ?? .null),
    ]
  }
}

/// The first `/` after a prefix makes a folder of what stands before it.
enum Folder {
  /// The folder's name with its slash, when `name` lies in one below `prefix`.
  static func of(_ name: String, below prefix: String) -> String? {
    let rest = name.utf8.dropFirst(prefix.utf8.count)
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    return String(name[...slash])
  }

  /// Without its slashes at the end, all of them.
  static func trimmed(_ folder: String) -> String {
    var bytes = folder.utf8[...]
    while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    return String(Substring(bytes))
  }
}

/// The next string in byte order that does not begin with `prefix`; nil when all that follow do.
func upperBound(_ prefix: String) -> String? {
  var scalars = Array(prefix.unicodeScalars)
  while let last = scalars.popLast() {
    let next = last.value + 1 == 0xD800 ? 0xE000 : last.value + 1
    guard let scalar = Unicode.Scalar(next) else { continue }
    var text = String.UnicodeScalarView(scalars)
    text.append(scalar)
    return String(text)
  }
  return nil
}
