internal import CommandTable
package import StorageCore

/// The operands of `upload` as what they stand for.
package struct UploadOperands {
  package let operands: [LocalPath]
  /// Nil unless directories are stored with all they hold.
  package let patterns: PathPatterns?
  package let name: LocalPath?
  package let driveMap: DriveMap

  package init(operands: [LocalPath], patterns: PathPatterns?, name: LocalPath?, driveMap: DriveMap) {
    self.operands = operands
    self.patterns = patterns
    self.name = name
    self.driveMap = driveMap
  }

  private static let standardInput = LocalPath("-")

  /// Throws `UsageError` for operands that do not fit together. One that means nothing, such as a path of Windows that
  /// lies nowhere, fails alone; when it is the only one it is thrown.
  package func sources() throws -> [UploadSource] {
    try check()
    return try operands.map { operand throws(StorageError) in
      do throws(StorageError) {
        return try source(operand)
      } catch {
        if operands.count == 1 { throw error }
        return .unusable(DataURL.isDataURL(operand.bytes) ? operand.shortened : operand, error)
      }
    }
  }

  private func check() throws(UsageError) {
    let inputs = operands.count { $0 == Self.standardInput }
    if inputs > 1 { throw UsageError("standard input can be stored once only", hint: "give one -") }
    if inputs == 1, name == nil {
      throw UsageError("what comes from standard input has no name", hint: "add --name NAME")
    }
    if name != nil, inputs == 0, operands.count > 1 || patterns != nil {
      throw UsageError("--name is for one file", hint: "store the files one by one, or leave --name out")
    }
  }

  private func source(_ operand: LocalPath) throws(StorageError) -> UploadSource {
    if operand == Self.standardInput, let name { return .descriptor(0, label: operand, name: name) }
    if DataURL.isDataURL(operand.bytes) { return try content(of: operand) }
    let path = try driveMap.resolve(operand)
    if let patterns { return .recursively(path, label: operand, patterns: patterns) }
    return .file(path, label: operand, name: name)
  }

  private func content(of operand: LocalPath) throws(StorageError) -> UploadSource {
    let url = try DataURL(operand.bytes)
    let standardName = LocalPath("data" + (url.mediaType.fileExtension.map { ".\($0)" } ?? "")) ?? operand.shortened
    return .bytes(
      url.content, label: operand.shortened, name: operands.count == 1 ? name ?? standardName : standardName,
      mediaType: url.mediaType)
  }
}

/// The name to keep something under: what stands behind the last separator, be it one of Linux or of Windows.
package struct NameArgument: ArgumentValue {
  package let name: LocalPath

  init?(argument: RawArgument) {
    guard let name = LocalPath(bytes: argument.bytes)?.windowsBaseName else { return nil }
    self.name = name
  }

  static var kind: ValueKind { .text }
  static var expected: String { "a file name" }
  var argumentText: String { name.description }
}

extension LocalPath {
  private static let shownLimit = 40

  /// A data URL up to its content, of which nothing is shown.
  fileprivate var shortened: LocalPath {
    let head = bytes.prefix { $0 != UInt8(ascii: ",") }
    let shown = String(decoding: head, as: UTF8.self).prefix(Self.shownLimit - 2)
    return LocalPath(head.count == shown.utf8.count ? "\(shown),…" : "\(shown)…") ?? self
  }
}
