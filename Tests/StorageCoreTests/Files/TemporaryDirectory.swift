import Glibc
import StorageModel
import Testing

/// A new directory for one test, removed with all it holds when the test is over.
func withTemporaryDirectory<Result>(_ body: (LocalPath) throws -> Result) throws -> Result {
  var template = Array("/tmp/supastore-test-XXXXXX".utf8CString)
  try #require(mkdtemp(&template) != nil)
  let path = try #require(LocalPath(bytes: template.dropLast().map { UInt8(bitPattern: $0) }))
  defer { remove(tree: path) }
  return try body(path)
}

private func remove(tree path: LocalPath) {
  if let directory = path.withCString({ opendir($0) }) {
    while let entry = readdir(directory) {
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      let name = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: UInt8.self)
      let bytes = UnsafeBufferPointer(start: name, count: nameLength(entry, offset))
      guard let child = LocalPath(bytes: bytes), ![".", ".."].contains(child.string) else { continue }
      let childPath = path.appending(child)
      if entry.pointee.d_type == 4 { remove(tree: childPath) } else { _ = childPath.withCString { unlink($0) } }
    }
    closedir(directory)
  }
  _ = path.withCString { rmdir($0) }
}

/// The length of the name in a directory entry.
private func nameLength(_ entry: UnsafeMutablePointer<dirent>, _ offset: Int) -> Int {
  strlen((UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self))
}

extension LocalPath {
  func appending(_ name: String) throws -> LocalPath {
    appending(try #require(LocalPath(name)))
  }

  /// Writes a file here, replacing what it held.
  func write(_ content: [UInt8], mode: mode_t = 0o644) throws {
    let descriptor = withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC, mode) }
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(Glibc.write(descriptor, content, content.count) == content.count)
  }

  func write(_ text: String, mode: mode_t = 0o644) throws {
    try write(Array(text.utf8), mode: mode)
  }

  func makeDirectory(mode: mode_t = 0o755) throws {
    try #require(withCString { mkdir($0, mode) } == 0)
  }

  func makeLink(to target: String) throws {
    try #require(withCString { symlink(target, $0) } == 0)
  }
}
