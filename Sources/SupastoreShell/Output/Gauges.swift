package import StorageCore

/// Gauges in Prometheus' text format, as node_exporter's textfile collector reads them. All carry one label, the name of
/// their file, for two files of one directory must not say the same.
package struct Gauges {
  package private(set) var text = ""
  private let prefix: String
  private let file: String

  package init(prefix: String, in path: LocalPath) {
    self.prefix = prefix
    file = Self.escaped(String(decoding: path.baseName?.bytes ?? [], as: UTF8.self))
  }

  package mutating func add(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
    begin(name, help)
    text += "\(prefix)_\(name){file=\"\(file)\"} \(value)\n"
  }

  package mutating func add(_ name: String, _ help: String, by label: String, _ values: [(String, Int64)]) {
    begin(name, help)
    for (word, value) in values {
      text += "\(prefix)_\(name){file=\"\(file)\",\(label)=\"\(Self.escaped(word))\"} \(value)\n"
    }
  }

  private mutating func begin(_ name: String, _ help: String) {
    text += "# HELP \(prefix)_\(name) \(help)\n# TYPE \(prefix)_\(name) gauge\n"
  }

  /// The integer that a gauge has in such a text, whoever wrote it; nil when there is none.
  package static func integer(_ name: String, in text: [UInt8]) -> Int64? {
    for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "\(name){".utf8) {
      guard let value = line.split(separator: UInt8(ascii: " ")).last else { continue }
      return Int64(String(decoding: value, as: UTF8.self))
    }
    return nil
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
