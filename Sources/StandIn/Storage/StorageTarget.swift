/// A request target, split as the router of the real server splits it.
struct StorageTarget {
  /// As sent, for messages.
  let text: String
  /// The path between slashes, still percent-encoded; the first one stands after the leading slash.
  let segments: [[UInt8]]
  let query: [UInt8]

  init(_ target: [UInt8]) {
    text = String(decoding: target, as: UTF8.self)
    let end = target.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? target.endIndex
    var path = target[..<end]
    query = Array(target[end...].dropFirst())
    if path.first == UInt8(ascii: "/") { path = path.dropFirst() }
    segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// Whether Node's parser takes the target: no blanks, no control characters, ASCII only.
  static func isParsable(_ target: [UInt8]) -> Bool {
    target.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// Whether every percent sequence of the path can be decoded to UTF-8.
  var isDecodable: Bool {
    segments.allSatisfy { $0.contains(UInt8(ascii: "%")) ? Self.decoded($0[...]) != nil : true }
  }

  /// The segment of that index, decoded; nil when there is none.
  func segment(_ index: Int) -> String? {
    index < segments.count ? Self.decoded(segments[index][...]) : nil
  }

  /// All segments from that index on, decoded; empty when the path ends with the slash before them.
  func rest(from index: Int) -> String? {
    guard index < segments.count else { return nil }
    return Self.decoded(Array(segments[index...].joined(separator: [UInt8(ascii: "/")]))[...])
  }

  /// Percent-decodes; nil for a broken sequence or invalid UTF-8.
  static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.contains(UInt8(ascii: "%")) else { return String(validating: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexadecimalValue), let low = rest.popFirst().flatMap(hexadecimalValue)
      else { return nil }
      decoded.append(high << 4 | low)
    }
    return String(validating: decoded, as: UTF8.self)
  }

  /// The query's parameters; several of one name become an array. A broken escape is left as it is.
  var parameters: JSON {
    var members: [JSON.Member] = []
    for pair in query.split(separator: UInt8(ascii: "&")) {
      let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      func text(_ bytes: ArraySlice<UInt8>) -> String {
        let spaced = bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }[...]
        return Self.decoded(spaced) ?? String(decoding: spaced, as: UTF8.self)
      }
      let name = text(halves[0])
      let value = JSON.string(halves.count > 1 ? text(halves[1]) : "")
      if let index = members.firstIndex(where: { $0.name == name }) {
        if case .array(let earlier) = members[index].value {
          members[index].value = .array(earlier + [value])
        } else {
          members[index].value = .array([members[index].value, value])
        }
      } else {
        members.append(JSON.Member(name: name, value: value))
      }
    }
    return .object(members)
  }
}
