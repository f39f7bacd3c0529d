/// Makes a server's text fit for a message: one line, bounded, without what could be a key.
enum MessageCleaner {
  static let byteLimit = 1024

  static func clean(_ text: String) -> String {
    let line = singleLine(text.unicodeScalars.prefix(byteLimit * 8))
    return cut(withoutTokens(line))
  }

  /// The body as text; of an HTML page its title only.
  static func text(of body: [UInt8]) -> String {
    let body = body.prefix(byteLimit * 8)
    guard body.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") else { return String(decoding: body, as: UTF8.self) }
    let lowered = body.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
    guard let start = lowered.firstRange(of: Array("<title>".utf8)),
      let end = lowered[start.upperBound...].firstRange(of: Array("</title>".utf8))
    else { return "an HTML page" }
    return "an HTML page: \(String(decoding: body[start.upperBound..<end.lowerBound], as: UTF8.self))"
  }

  /// Control characters and runs of white space become one space.
  private static func singleLine(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var line = String.UnicodeScalarView()
    var pendingSpace = false
    for scalar in scalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator:
        pendingSpace = !line.isEmpty
      default:
        if pendingSpace { line.append(" ") }
        pendingSpace = false
        line.append(scalar)
      }
    }
    return String(line)
  }

  /// Replaces what has the form of a key or follows `token=`.
  private static func withoutTokens(_ line: String) -> String {
    var result = ""
    var rest = line[...]
    while let first = rest.first {
      guard isTokenCharacter(first) else {
        result.append(first)
        rest.removeFirst()
        continue
      }
      let run = rest.prefix(while: isTokenCharacter)
      rest = rest.dropFirst(run.count)
      let before = result.suffix(7).lowercased()
      let follows = before.hasSuffix("token=") || before == "apikey="
      result += follows || isToken(run) ? "[removed]" : run
    }
    return result
  }

  private static func isTokenCharacter(_ character: Character) -> Bool {
    guard let byte = character.asciiValue else { return false }
    return PercentEncoding.isUnreserved(byte)
  }

  private static func isToken(_ run: Substring) -> Bool {
    run.contains("sb_secret_") || run.contains("sb_publishable_") || (run.contains("eyJ") && run.utf8.count >= 16)
  }

  private static func cut(_ line: String) -> String {
    guard line.utf8.count > byteLimit else { return line }
    var scalars = String.UnicodeScalarView()
    var count = 3
    for scalar in line.unicodeScalars {
      count += UTF8.width(scalar)
      if count > byteLimit { break }
      scalars.append(scalar)
    }
    return String(scalars) + "…"
  }
}
