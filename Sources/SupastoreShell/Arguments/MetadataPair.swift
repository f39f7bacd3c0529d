internal import CommandTable

/// One `KEY=VALUE` for a file's metadata. The key ends at the first `=`; the value may be empty.
package struct MetadataPair: ArgumentValue, Hashable {
  package let key: String
  package let value: String

  init?(argument: RawArgument) {
    guard let text = argument.text, let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")), sign > text.startIndex
    else {
      return nil
    }
    key = String(text[..<sign])
    value = String(text[text.utf8.index(after: sign)...])
  }

  static var kind: ValueKind { .text }
  static var expected: String { "KEY=VALUE in UTF-8" }
  var argumentText: String { "\(key)=\(value)" }
}
