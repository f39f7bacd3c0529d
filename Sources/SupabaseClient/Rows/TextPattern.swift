/// Where in a column's text a literal piece of text has to stand. No character of the literal is a wildcard.
package struct TextPattern: Hashable, Sendable {
  package enum Place: Sendable {
    case start
    case end
    case anywhere
  }

  package let literal: String
  package let place: Place
  package let ignoresCase: Bool

  package init(_ literal: String, at place: Place, ignoringCase: Bool = false) {
    self.literal = literal
    self.place = place
    ignoresCase = ignoringCase
  }

  /// `LIKE`, but a regular expression for a literal `*`: PostgREST turns every `*` of a LIKE pattern into a wildcard.
  var operation: (name: String, value: String) {
    let isRegularExpression = literal.utf8.contains(UInt8(ascii: "*"))
    let name = isRegularExpression ? "match" : "like"
    let value = isRegularExpression ? regularExpression : likePattern
    return (ignoresCase ? "i\(name)" : name, value)
  }

  private var likePattern: String {
    let escaped = Self.escape(literal) { $0 == "%" || $0 == "_" || $0 == "\\" }
    return switch place {
    case .start: "\(escaped)%"
    case .end: "%\(escaped)"
    case .anywhere: "%\(escaped)%"
    }
  }

  private var regularExpression: String {
    let marks = "*.+?^$|()[]{}\\".unicodeScalars
    let escaped = Self.escape(literal) { marks.contains($0) }
    return switch place {
    case .start: "^\(escaped)"
    case .end: "\(escaped)$"
    case .anywhere: escaped
    }
  }

  private static func escape(_ text: String, where isMark: (Unicode.Scalar) -> Bool) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isMark(scalar) { escaped.append("\\") }
      escaped.append(scalar)
    }
    return String(escaped)
  }
}
