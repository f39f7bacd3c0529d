internal import Glibc
internal import StorageFiles
package import StorageModel

/// A file of `NAME=value` lines, as `.env` files are written. It is read, never run: nothing in it is expanded.
///
/// `export` in front, white space around the sign, comments, and quotes are understood; quoted values may span lines, and
/// double quotes know `\n`, `\r`, `\t`, `\"`, `\\` and `\$`. The last of several equal names counts.
package struct DotEnv: Sendable {
  package struct Value: Hashable, Sendable {
    package var bytes: [UInt8]
    package var line: Int
  }

  package let path: LocalPath
  package let values: [String: Value]
  /// Whether users other than the owner may read the file.
  package let isReadableByOthers: Bool

  /// Reads a file; nil when there is none. One of another user, which somebody may have put there for us to find, is
  /// taken only when a person named it.
  ///
  /// Throws `.writableByOthers` when other users can change it.
  package init?(at path: LocalPath, isNamed: Bool) throws(ConfigurationError) {
    let content: SettingFile
    do throws(FileError) {
      let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
      let status = try file.status(named: path)
      guard isNamed || status.st_uid == geteuid() || status.st_uid == 0 else {
        throw .failed(.open, path, code: EPERM)
      }
      content = try SettingFile(file, named: path)
    } catch {
      switch error {
      case .failed(.open, _, code: ENOENT) where !isNamed: return nil
      case .failed(.open, _, code: EPERM) where !isNamed: throw .foreignDotEnv(path)
      default: throw .file(error)
      }
    }
    guard !content.isWritableByOthers else { throw .writableByOthers(path) }
    isReadableByOthers = content.isReadableByOthers
    self.path = path
    var parser = DotEnvParser(content.bytes, path: path)
    values = try parser.values()
  }
}

private struct DotEnvParser {
  private let path: LocalPath
  private var rest: ArraySlice<UInt8>
  private var line = 1

  init(_ content: [UInt8], path: LocalPath) {
    self.path = path
    rest = content.starts(with: [0xef, 0xbb, 0xbf]) ? content[3...] : content[...]
  }

  mutating func values() throws(ConfigurationError) -> [String: DotEnv.Value] {
    var values: [String: DotEnv.Value] = [:]
    while true {
      skip { $0.isSpace || $0 == .newline }
      guard let first = rest.first else { return values }
      if first == UInt8(ascii: "#") {
        skip { $0 != .newline }
        continue
      }
      let start = line
      let name = try name()
      let value = try value()
      guard !value.contains(0) else { throw .dotEnv(path, line: start, "a value holds a NUL") }
      values[name] = DotEnv.Value(bytes: value, line: start)
    }
  }

  private mutating func name() throws(ConfigurationError) -> String {
    var words = take { $0 != UInt8(ascii: "=") && $0 != .newline }.split { $0.isSpace }
    if words.count == 2, words[0].elementsEqual("export".utf8) { words.removeFirst() }
    guard rest.first == UInt8(ascii: "=") else { throw .dotEnv(path, line: line, "there is no = in the line") }
    guard words.count == 1 else { throw .dotEnv(path, line: line, "there is not one name before the =") }
    rest.removeFirst()
    return String(decoding: words[0], as: UTF8.self)
  }

  private mutating func value() throws(ConfigurationError) -> [UInt8] {
    skip { $0.isSpace }
    guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return plainValue() }
    let value = try quotedValue(quote)
    skip { $0.isSpace }
    if rest.first == UInt8(ascii: "#") { skip { $0 != .newline } }
    guard rest.isEmpty || rest.first == .newline else {
      throw .dotEnv(path, line: line, "something follows the closing quote")
    }
    return value
  }

  /// To the end of the line, or to a `#` after white space.
  private mutating func plainValue() -> [UInt8] {
    let text = take { $0 != .newline }
    var end = text.endIndex
    for index in text.indices where text[index] == UInt8(ascii: "#") {
      if index == text.startIndex || text[index - 1].isSpace {
        end = index
        break
      }
    }
    var value = text[..<end]
    while let last = value.last, last.isSpace { value.removeLast() }
    return Array(value)
  }

  private mutating func quotedValue(_ quote: UInt8) throws(ConfigurationError) -> [UInt8] {
    let start = line
    rest.removeFirst()
    var value: [UInt8] = []
    while let byte = next() {
      if byte == quote { return value }
      guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
        value.append(byte)
        continue
      }
      guard let escaped = next() else { break }
      switch escaped {
      case UInt8(ascii: "n"): value.append(.newline)
      case UInt8(ascii: "r"): value.append(UInt8(ascii: "\r"))
      case UInt8(ascii: "t"): value.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): value.append(escaped)
      default: value += [UInt8(ascii: "\\"), escaped]
      }
    }
    throw .dotEnv(path, line: start, "a quote is not closed")
  }

  private mutating func next() -> UInt8? {
    guard let byte = rest.popFirst() else { return nil }
    if byte == .newline { line += 1 }
    return byte
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = rest.first, condition(byte) { _ = next() }
  }

  private mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let taken = rest.prefix(while: condition)
    rest = rest[taken.endIndex...]
    return taken
  }
}

extension UInt8 {
  fileprivate static let newline = UInt8(ascii: "\n")

  /// Inside a line; a carriage return before its end is one too.
  fileprivate var isSpace: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
  }
}
