/// Writes a page in the language of `man`. All text is taken as it is: what roff would understand is escaped here.
struct Roff {
  private let name: String
  private var lines: [String]

  /// The page `name`(1) with its head and the section NAME. `source` stands at the foot of the page.
  init(name: String, abstract: String, source: String) {
    self.name = name
    lines = [
      ".TH \(Self.argument(name.uppercased())) 1 \"\" \(Self.argument(source))", ".SH NAME",
      "\(Self.escaped(name)) \\- \(Self.escaped(abstract))",
    ]
  }

  var file: Program.ManualPage {
    Program.ManualPage(name: "\(name).1", source: lines.joined(separator: "\n") + "\n")
  }

  mutating func section(_ title: String) {
    lines.append(".SH \(Self.argument(title))")
  }

  /// Paragraphs; an empty line separates them.
  mutating func paragraph(_ text: String) {
    var isNew = true
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty {
        isNew = true
      } else {
        if isNew { startParagraph() }
        isNew = false
        lines.append(Self.line(String(line)))
      }
    }
  }

  /// A section begins one by itself.
  private mutating func startParagraph() {
    if lines.last?.hasPrefix(".SH") != true { lines.append(".PP") }
  }

  /// A line that begins in bold.
  mutating func bold(_ text: String, _ rest: String) {
    startParagraph()
    lines += ["\\fB\(Self.escaped(text))\\fR\(Self.escaped(rest))"]
  }

  mutating func term(_ term: String, _ meaning: String) {
    lines += [".TP", "\\fB\(Self.escaped(term))\\fR", Self.line(meaning)]
  }

  /// Lines that are neither filled nor joined.
  mutating func verbatim(_ text: String) {
    startParagraph()
    lines += [".RS 4", ".nf"]
    lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.line(String($0)) }
    lines += [".fi", ".RE"]
  }

  // MARK: - Escapes

  /// A line of text; a dot or a quote at its beginning would make it a request.
  private static func line(_ text: String) -> String {
    (text.first == "." || text.first == "'" ? "\\&" : "") + escaped(text)
  }

  private static func argument(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// What stands for each character, so that it comes out as itself: hyphens that can be copied as options, straight
  /// quotes, and characters beyond ASCII whatever encoding the formatter takes the file for.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "'": escaped += "\\(aq"
      case "\"": escaped += "\\(dq"
      case "`": escaped += "\\(ga"
      case "^": escaped += "\\(ha"
      case "~": escaped += "\\(ti"
      case "\0"..."\u{7E}": escaped.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      }
    }
    return escaped
  }
}
