/// The rules for robots that an object may carry.
enum RobotsTag {
  private static let simpleRules: Set<Substring> = [
    "all", "noindex", "nofollow", "none", "nosnippet", "indexifembedded", "notranslate", "noimageindex",
  ]
  private static let valuedRules: Set<Substring> = [
    "max-snippet", "max-image-preview", "max-video-preview", "unavailable_after",
  ]

  static func validate(_ header: String) throws(StorageError) {
    do throws(Refusal) {
      try check(trimmed(header[...]))
    } catch {
      throw StorageError(
        status: 400, error: "invalid_x_robots_tag", message: "Invalid X-Robots-Tag header: \(error.message)",
        code: "InvalidRequest")
    }
  }

  private struct Refusal: Error {
    var message: String
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }

  private static func check(_ text: Substring) throws(Refusal) {
    guard !text.isEmpty else { throw Refusal(message: "X-Robots-Tag header value must be a non-empty string") }
    for rule in rules(in: text) {
      guard !rule.isEmpty else { throw Refusal(message: "X-Robots-Tag header contains empty rule") }
      if simpleRules.contains(rule) { continue }
      guard let colon = rule.firstIndex(of: ":") else {
        throw Refusal(message: "Invalid X-Robots-Tag rule: \"\(rule)\"")
      }
      let name = rule[..<colon]
      let value = trimmed(rule[rule.index(after: colon)...])
      if valuedRules.contains(name) {
        try check(value, of: name)
      } else if value.isEmpty {
        throw Refusal(message: "X-Robots-Tag user agent \"\(trimmed(name))\" has no rules specified")
      } else {
        try check(value)
      }
    }
  }

  private static func check(_ value: Substring, of name: Substring) throws(Refusal) {
    guard !value.isEmpty else { throw Refusal(message: "X-Robots-Tag rule \"\(name)\" requires a value") }
    let complaint: String?
    switch name {
    case "max-image-preview":
      let values: Set<Substring> = ["none", "standard", "large"]
      complaint = values.contains(value) ? nil : "must be one of: none, standard, large"
    case "unavailable_after":
      complaint = value.contains(where: \.isNumber) ? nil : "must be a valid date"
    default:
      complaint = (Int(value) ?? -2) >= -1 ? nil : "must be an integer >= -1"
    }
    if let complaint { throw Refusal(message: "X-Robots-Tag \"\(name)\" value \(complaint), got: \"\(value)\"") }
  }

  /// Split at commas, except inside the date of `unavailable_after`.
  private static func rules(in text: Substring) -> [Substring] {
    var rules: [Substring] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = trimmed(part)
      // A rule or an agent is one word; what has blanks before its first colon belongs to a date.
      let isDate = !simpleRules.contains(part) && (!part.contains(":") || part.prefix { $0 != ":" }.contains(" "))
      if isDate, let last = rules.last, last.hasPrefix("unavailable_after:") {
        rules[rules.count - 1] = Substring("\(last), \(part)")
      } else {
        rules.append(part)
      }
    }
    return rules
  }
}
