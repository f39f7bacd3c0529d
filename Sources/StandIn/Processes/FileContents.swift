import Glibc

/// Whole small files.
package enum FileContents {
  package static func read(_ path: String) throws(ProcessError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw ProcessError(description: "cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var contents: [UInt8] = []
    while true {
      var count = 0
      contents += [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
        count = Glibc.read(file, buffer.baseAddress, buffer.count)
        initialized = max(0, count)
      }
      if count < 0 { throw ProcessError(description: "cannot read \(path): \(String(cString: strerror(errno)))") }
      if count == 0 { return contents }
    }
  }
}
