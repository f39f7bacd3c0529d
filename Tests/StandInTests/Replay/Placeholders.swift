/// Fills in what differs from run to run in what is sent, and learns it from what is received.
final class Placeholders {
  private static let shapes = [
    "uuid": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "jwt": #"eyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+"#,
    "tus": #"[A-Za-z0-9_\-]{30,}"#,
    "time": #"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+\-][0-9]{2}:?[0-9]{2})"#,
    "httpdate": "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT",
    "cursor": "[A-Za-z0-9+/=]+",
    "database": #"[^\s"]+:[0-9]+"#,
  ]
  /// Kinds of which only the shape is compared.
  private static let shapeOnly: Set<String> = ["time", "httpdate", "cursor", "database"]

  private enum Piece {
    case text(Substring)
    /// `name` with its brackets and number, `kind` without.
    case placeholder(name: String, kind: String)
  }

  private let host: String
  private let tokens: ReplayTokens
  private var bound: [String: String] = [:]

  init(host: String, tokens: ReplayTokens) {
    self.host = host
    self.tokens = tokens
  }

  /// The text with everything known filled in.
  func fill(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
    let withTokens = text.replacing("<host>", with: host).replacing(/<(token|signed|forged):([^>]*)>/) { match in
      match.1 == "token"
        ? tokens.bearer(String(match.2)) : tokens.token(claims: String(match.2), isForged: match.1 == "forged")
    }
    return Self.pieces(of: withTokens).map { piece in
      switch piece {
      case .text(let text): String(text)
      case .placeholder(let name, _): bound[name] ?? name
      }
    }.joined()
  }

  /// Whether two texts are the same but for the placeholders in `wanted`, which are bound if so.
  func agree(_ wanted: String, _ received: String) -> Bool {
    if wanted.utf8.elementsEqual(received.utf8) { return true }
    var pattern = ""
    var groups: [(name: String, kind: String)] = []
    for piece in Self.pieces(of: wanted) {
      switch piece {
      case .text(let text):
        pattern += Self.escaped(fill(String(text)))
      case .placeholder(let name, let kind):
        let shape = Self.shapes[kind] ?? ""
        if let value = bound[name], !Self.shapeOnly.contains(kind) {
          pattern += Self.escaped(value)
        } else if let group = groups.firstIndex(where: { $0.name == name }) {
          pattern += Self.shapeOnly.contains(kind) ? shape : "\\k<g\(group)>"
        } else {
          pattern += "(?<g\(groups.count)>\(shape))"
          groups.append((name, kind))
        }
      }
    }
    guard let regex = Self.regex(pattern), let match = received.wholeMatch(of: regex) else {
      for group in groups { bindIfUnmistakable(group, in: received) }
      return false
    }
    return groups.indices.reduce(true) { agrees, index in
      let value = match["g\(index)"]?.substring.map(String.init) ?? ""
      return bind(groups[index], to: value) && agrees
    }
  }

  /// Binds out of a text that differs otherwise, lest one difference make all later lines differ.
  private func bindIfUnmistakable(_ placeholder: (name: String, kind: String), in received: String) {
    guard bound[placeholder.name] == nil, let regex = Self.regex(Self.shapes[placeholder.kind] ?? "") else { return }
    let found = received.matches(of: regex)
    if found.count == 1 { _ = bind(placeholder, to: String(received[found[0].range])) }
  }

  /// False when another placeholder has this value.
  private func bind(_ placeholder: (name: String, kind: String), to value: String) -> Bool {
    if !Self.shapeOnly.contains(placeholder.kind), bound.values.contains(value) { return false }
    bound[placeholder.name] = value
    return true
  }

  private static func regex(_ pattern: String) -> Regex<AnyRegexOutput>? {
    try? Regex(pattern).matchingSemantics(.unicodeScalar).dotMatchesNewlines()
  }

  private static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || !scalar.isASCII
      if !isWord, scalar.value >= 0x20 { escaped.append("\\") }
      escaped.append(scalar)
    }
    return String(escaped)
  }

  private static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var position = text.startIndex
    for match in text.matches(of: /<(uuid|jwt|tus|time|httpdate|cursor|database)-[0-9]+>/) {
      pieces.append(.text(text[position..<match.range.lowerBound]))
      pieces.append(.placeholder(name: String(match.0), kind: String(match.1)))
      position = match.range.upperBound
    }
    return pieces + [.text(text[position...])]
  }
}
