import FoundationEssentials
import Testing

/// docs/json.md, read as what it is: the description of every object that is printed.
struct JSONContract {
  /// A cell of the column "type".
  private enum ValueType {
    case string, integer, number, boolean, null, anyObject
    case literal(String)
    case object(String)
    indirect case array(ValueType)
  }

  /// What stands under one heading: for each key the types it may have.
  private typealias Description = [String: [ValueType]]

  struct Unreadable: Error {
    let line: String
  }

  /// By the code words of their headings: `migrate file`, `error`.
  private var descriptions: [String: Description] = [:]
  /// The exit status of each code of an error, as the page has it.
  private(set) var exitStatuses: [String: Int32] = [:]

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/json.md"), encoding: .utf8)
    var heading = ""
    for line in page.split(separator: "\n").map(String.init) {
      if line.hasPrefix("## ") { heading = Self.codeWords(line).joined(separator: " ") }
      guard line.hasPrefix("| `") else { continue }
      let cells = line.split(separator: "|").map { $0.trimmingPrefix(while: \.isWhitespace) }.map(Self.trimmed)
      guard let key = Self.codeWords(cells[0]).first else { throw Unreadable(line: line) }
      if let status = cells.last.flatMap({ Int32($0) }) {
        exitStatuses[key] = status
      } else {
        descriptions[heading, default: [:]][key] = try cells[1].split(separator: " or ").map {
          try Self.type(String($0))
        }
      }
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  private static func codeWords(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  private static func type(_ text: String) throws -> ValueType {
    switch text {
    case "string": return .string
    case "integer": return .integer
    case "number": return .number
    case "boolean": return .boolean
    case "null": return .null
    case "object": return .anyObject
    case _ where text.hasPrefix("array of "): return .array(try type(String(text.dropFirst(9))))
    case _ where text.hasPrefix("\""): return .literal(String(text.dropFirst().dropLast()))
    case _ where text.hasPrefix("`"): return .object(String(text.dropFirst().dropLast()))
    default: throw Unreadable(line: text)
    }
  }

  /// The headings that were met so far are taken out of `unmet`.
  var headings: Set<String> { Set(descriptions.keys) }

  /// What is wrong with an object printed by `command`; nil when it is as described.
  /// - Parameter met: gets the headings that describe it.
  func flaw(of document: JSONValue, by command: String, met: inout Set<String>) -> String? {
    flaw(of: document, as: "\(command) \(document["type"]?.string ?? "")", met: &met)
  }

  /// The same for the object under a heading.
  func flaw(of document: JSONValue, as heading: String, met: inout Set<String>) -> String? {
    guard case .object(let members) = document else { return "\(heading): no object" }
    guard let description = descriptions[heading] else { return "\(heading) is not described" }
    met.insert(heading)
    let (keys, described) = (Set(members.keys), Set(description.keys))
    guard keys == described else {
      return "\(heading): lacks \(described.subtracting(keys)), has \(keys.subtracting(described))"
    }
    for (key, value) in members {
      let flaws = (description[key] ?? []).map { flaw(of: value, $0, "\(heading).\(key)", &met) }
      if !flaws.contains(nil) { return flaws.last ?? nil }
    }
    return nil
  }

  private func flaw(of value: JSONValue, _ type: ValueType, _ name: String, _ met: inout Set<String>) -> String? {
    switch (type, value) {
    case (.string, .string), (.number, .number), (.boolean, .bool), (.null, .null), (.anyObject, .object): return nil
    case (.integer, .number) where value.int != nil: return nil
    case (.literal(let text), .string(let found)) where text == found: return nil
    case (.array(let type), .array(let elements)):
      for element in elements {
        if let flaw = flaw(of: element, type, name, &met) { return flaw }
      }
      return nil
    case (.object(let heading), .object):
      let kind = value["kind"]?.string.map { " \($0)" } ?? ""
      return flaw(of: value, as: heading + kind, met: &met)
    default: return "\(name) is \(value), not \(type)"
    }
  }
}
