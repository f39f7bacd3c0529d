internal import Glibc
package import StorageModel

/// What one directory held when it was read, sorted as the object keys of its files will sort.
package struct DirectoryListing: Sendable {
  package enum Finding {
    case file(FileStatus)
    case directory
    case other(FileKind)
    /// It went away, or cannot be inspected; the `errno`.
    case missing(Int32)
  }

  private struct Entry {
    var name: Range<Int>
    var key: Range<Int>
    var finding: Finding
  }

  /// The names and the keys one after another: a directory may have a million of them.
  private var text: [UInt8] = []
  private var entries: [Entry] = []

  package var count: Int { entries.count }

  package func name(_ index: Int) -> LocalPath {
    LocalPath(checked: Array(text[entries[index].name]))
  }

  package func finding(_ index: Int) -> Finding {
    entries[index].finding
  }

  init(reading directory: consuming FileDescriptor, named path: LocalPath) throws(FileError) {
    let number = directory.release()
    guard let stream = fdopendir(number) else {
      let code = errno
      close(number)
      throw .failed(.list, path, code: code)
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      append(entry, in: number)
    }
    guard errno == 0 else { throw .failed(.list, path, code: errno) }
    sort()
  }

  private mutating func append(_ entry: UnsafeMutablePointer<dirent>, in directory: Int32) {
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return }
    let name = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
    let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
    if bytes.elementsEqual([.dot]) || bytes.elementsEqual([.dot, .dot]) { return }
    var status = stat()
    let finding: Finding =
      if fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 {
        .missing(errno)
      } else {
        switch FileKind(mode: status.st_mode) {
        case .regular: .file(FileStatus(status))
        case .directory: .directory
        case let kind: .other(kind)
        }
      }
    let nameStart = text.count
    text.append(contentsOf: bytes)
    let keyStart = text.count
    if case .directory = finding {
      text += KeyMapping.segment(bytes)
      text.append(.slash)
    } else {
      text += KeyMapping.segment(KeyMapping.split(bytes).stem)
      text.append(.dot)
    }
    entries.append(Entry(name: nameStart..<keyStart, key: keyStart..<text.count, finding: finding))
  }

  /// By key; names that share one by name.
  private mutating func sort() {
    text.withUnsafeBytes { text in
      entries.sort { left, right in
        let order = compare(text[left.key], text[right.key])
        return order == 0 ? compare(text[left.name], text[right.name]) < 0 : order < 0
      }
    }
  }
}

private func compare(_ left: Slice<UnsafeRawBufferPointer>, _ right: Slice<UnsafeRawBufferPointer>) -> Int {
  let left = UnsafeRawBufferPointer(rebasing: left)
  let right = UnsafeRawBufferPointer(rebasing: right)
  guard let first = left.baseAddress, let second = right.baseAddress else { return left.count - right.count }
  let order = memcmp(first, second, min(left.count, right.count))
  return order == 0 ? left.count - right.count : Int(order)
}
