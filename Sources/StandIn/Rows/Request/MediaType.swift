/// A media type as far as it matters here.
enum MediaType: Equatable, Sendable {
  case any
  case json
  /// `application/vnd.pgrst.array+json;nulls=stripped`
  case strippedArray
  case object(nullsStripped: Bool)
  case openAPI
  case csv
  case plainText
  case xml
  case octets
  case form
  /// Another one, or a query plan, as it was written.
  case other(String)

  init(_ text: String) {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    let parameters = parts.dropFirst().map { trimmed(String($0)).lowercased() }
    let isStripped = parameters.contains { $0 == "nulls=stripped" || $0 == "nulls=\"stripped\"" }
    switch trimmed(String(parts.first ?? "")).lowercased() {
    case "*/*": self = .any
    case "application/json": self = .json
    case "application/vnd.pgrst.array+json", "application/vnd.pgrst.array":
      self = isStripped ? .strippedArray : .json
    case "application/vnd.pgrst.object+json", "application/vnd.pgrst.object":
      self = .object(nullsStripped: isStripped)
    case "application/openapi+json": self = .openAPI
    case "text/csv": self = .csv
    case "text/plain": self = .plainText
    case "text/xml": self = .xml
    case "application/octet-stream": self = .octets
    case "application/x-www-form-urlencoded": self = .form
    case "application/vnd.pgrst.plan", "application/vnd.pgrst.plan+text":
      self = .other(Self.planName("text", parameters))
    case "application/vnd.pgrst.plan+json": self = .other(Self.planName("json", parameters))
    default: self = .other(text)
    }
  }

  var name: String {
    switch self {
    case .any: "*/*"
    case .json: "application/json"
    case .strippedArray: "application/vnd.pgrst.array+json;nulls=stripped"
    case .object(nullsStripped: false): "application/vnd.pgrst.object+json"
    case .object(nullsStripped: true): "application/vnd.pgrst.object+json;nulls=stripped"
    case .openAPI: "application/openapi+json"
    case .csv: "text/csv"
    case .plainText: "text/plain"
    case .xml: "text/xml"
    case .octets: "application/octet-stream"
    case .form: "application/x-www-form-urlencoded"
    case .other(let text): text
    }
  }

  /// The value of Content-Type.
  var contentType: String { name + "; charset=utf-8" }

  var isSingular: Bool {
    if case .object = self { true } else { false }
  }

  /// What an Accept header asks for, the most wanted first.
  static func accepted(_ header: String?) -> [MediaType] {
    guard let header else { return [.any] }
    struct Wish {
      var text: String
      var quality: Double
      var specificity: Int
    }
    let wishes = header.split(separator: ",").map { part in
      let part = part.filter { $0 != " " }
      guard let range = part.firstRange(of: ";q=") else {
        return Wish(text: part, quality: 1, specificity: specificity(part))
      }
      let text = String(part[..<range.lowerBound])
      let quality = part[range.upperBound...].prefix { $0 != ";" }
      return Wish(text: text, quality: Double(quality) ?? 1, specificity: specificity(text))
    }
    return wishes.enumerated().sorted { left, right in
      (-left.element.quality, -left.element.specificity, left.offset)
        < (-right.element.quality, -right.element.specificity, right.offset)
    }.map { MediaType($0.element.text) }
  }

  /// The first accepted one that rows can be given in.
  static func negotiated(_ accepted: [MediaType]) throws(RowsError) -> MediaType {
    for type in accepted {
      switch type {
      case .any, .json: return .json
      case .strippedArray, .object, .csv: return type
      case .openAPI, .plainText, .xml, .octets, .form, .other: continue
      }
    }
    throw .notAcceptable(accepted)
  }

  private static func specificity(_ text: String) -> Int {
    text.count { $0 == ";" } - text.count { $0 == "*" }
  }

  private static func planName(_ format: String, _ parameters: [String]) -> String {
    var subject = "application/json"
    var options: Substring?
    for parameter in parameters {
      if parameter.hasPrefix("for=") { subject = String(parameter.dropFirst(4).filter { $0 != "\"" }) }
      if parameter.hasPrefix("options=") { options = parameter.dropFirst(8) }
    }
    return "application/vnd.pgrst.plan+\(format); for=\"\(subject)\"" + (options.map { "; options=" + $0 } ?? "")
  }
}
