internal import StorageModel

/// One gitignore pattern, read.
struct PathPattern: Sendable {
  private enum Segment: Sendable {
    /// `**`: any number of components.
    case anyDepth
    case name([NameToken])
  }

  let isNegated: Bool
  let matchesFiles: Bool
  private let segments: [Segment]

  init(_ text: String) throws(PatternError) {
    var rest = Array(text.utf8)[...]
    isNegated = rest.first == UInt8(ascii: "!")
    if isNegated { rest.removeFirst() }
    matchesFiles = rest.last != .slash
    if !matchesFiles { rest.removeLast() }
    let isAnchored = rest.contains(.slash)
    if rest.first == .slash { rest.removeFirst() }
    guard !rest.isEmpty else { throw .empty(text) }

    var segments: [Segment] = isAnchored ? [] : [.anyDepth]
    for piece in rest.split(separator: .slash) {
      if piece.elementsEqual("**".utf8) {
        segments.append(.anyDepth)
      } else {
        segments.append(.name(try NameToken.read(piece, of: text)))
      }
    }
    if case .anyDepth = segments.last { segments.append(.name([.anyRun])) }
    self.segments = segments
  }

  /// Whether the whole of `components` matches. Time at most the product of both lengths.
  func matches(_ components: [ArraySlice<UInt8>]) -> Bool {
    var segment = 0
    var component = 0
    var retry: (segment: Int, component: Int)?
    while component < components.count {
      if segment < segments.count {
        switch segments[segment] {
        case .anyDepth:
          segment += 1
          retry = (segment, component)
          continue
        case .name(let tokens) where NameToken.match(tokens, components[component]):
          segment += 1
          component += 1
          continue
        case .name: break
        }
      }
      guard let last = retry else { return false }
      segment = last.segment
      component = last.component + 1
      retry = (segment, component)
    }
    return segment == segments.count
  }
}

/// A piece of a pattern that stands for bytes inside one name.
enum NameToken: Sendable {
  case byte(UInt8)
  case anyByte
  /// `*`: any number of bytes.
  case anyRun
  case oneOf(ByteSet)

  static func read(_ piece: ArraySlice<UInt8>, of pattern: String) throws(PatternError) -> [NameToken] {
    var tokens: [NameToken] = []
    var rest = piece
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"):
        if case .anyRun = tokens.last { continue }
        tokens.append(.anyRun)
      case UInt8(ascii: "?"): tokens.append(.anyByte)
      case UInt8(ascii: "["): tokens.append(.oneOf(try ByteSet(reading: &rest, of: pattern)))
      case UInt8(ascii: "\\"):
        guard let literal = rest.popFirst() else { throw .danglingBackslash(pattern) }
        tokens.append(.byte(literal))
      default: tokens.append(.byte(byte))
      }
    }
    return tokens
  }

  static func match(_ tokens: [NameToken], _ name: ArraySlice<UInt8>) -> Bool {
    var token = 0
    var position = name.startIndex
    var retry: (token: Int, position: Int)?
    while position < name.endIndex {
      if token < tokens.count {
        if case .anyRun = tokens[token] {
          token += 1
          retry = (token, position)
          continue
        }
        if tokens[token].matches(name[position]) {
          token += 1
          position += 1
          continue
        }
      }
      guard let last = retry else { return false }
      token = last.token
      position = last.position + 1
      retry = (token, position)
    }
    return tokens[token...].allSatisfy { if case .anyRun = $0 { true } else { false } }
  }

  private func matches(_ byte: UInt8) -> Bool {
    switch self {
    case .byte(let expected): byte == expected
    case .anyByte: true
    case .anyRun: false
    case .oneOf(let set): set.contains(byte)
    }
  }
}
