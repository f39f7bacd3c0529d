internal import StorageFormats

/// The place of an object inside its bucket, in characters that every storage back end takes.
public struct ObjectPath: Hashable, Sendable, CustomStringConvertible {
  /// As requests and rows have it.
  public let string: String

  public var description: String { string }

  /// `{root}/{continuation id}/{directories}/{stem}.{tag of the id}{.extension}`. The tag keeps apart what the mapping
  /// of bytes or a cut name would bring together.
  init(type: FileType, continuationID: String?, name: LocalPath, id: FileID) {
    let components = name.bytes.split(separator: .slash, omittingEmptySubsequences: false)
    let (stem, suffix) = KeyMapping.split(components.last ?? [])
    let end = [.dot] + Array(id.pathTag.utf8) + suffix.map(KeyMapping.mapped)
    let file = KeyMapping.segment(stem).prefix(KeyMapping.segmentLimit - end.count) + end
    let start = Array(Self.prefix(type: type, continuationID: continuationID).utf8)

    var room = KeyMapping.pathLimit - start.count - file.count
    var directories: [[UInt8]] = []
    for directory in components.dropLast().reversed() {
      let segment = KeyMapping.segment(directory) + [.slash]
      guard segment.count <= room else { break }
      room -= segment.count
      directories.append(segment)
    }
    string = String(decoding: start + directories.reversed().joined() + file, as: UTF8.self)
  }

  /// What the paths of all files of a conversation and type begin with.
  package static func prefix(type: FileType, continuationID: String?) -> String {
    let conversation = continuationID.map { KeyMapping.segment(Array($0.utf8)) } ?? Array("unfiled".utf8)
    return String(decoding: Array(type.pathRoot.utf8) + [.slash] + conversation + [.slash], as: UTF8.self)
  }

  /// A place that a person chose, taken as it is or not at all.
  public init(exactly path: String) throws(ObjectPathError) {
    if let character = path.unicodeScalars.first(where: { !$0.isAcceptedInKeys }) {
      throw .character(path, character)
    }
    let segments = path.utf8.split(separator: .slash, omittingEmptySubsequences: false)
    if segments.contains(where: { $0.isEmpty || $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) {
      throw .segment(path)
    }
    guard path.utf8.count <= KeyMapping.pathLimit, segments.allSatisfy({ $0.count <= KeyMapping.segmentLimit })
    else { throw .tooLong(path) }
    string = path
  }
}

/// Why a path cannot be the place of an object.
public enum ObjectPathError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path, and a character that the server does not accept.
  case character(String, Unicode.Scalar)
  /// A segment is empty, `.` or `..`.
  case segment(String)
  /// A segment or the whole is longer than is safe.
  case tooLong(String)

  public var description: String {
    switch self {
    case .character(let path, let scalar):
      "the storage path “\(shown(path))” holds \(scalar.name), which the server does not accept"
    case .segment(let path): "the storage path “\(shown(path))” has an empty segment, or one that is . or .."
    case .tooLong(let path):
      "the storage path “\(shown(path))” is too long: \(KeyMapping.segmentLimit) bytes a segment and "
        + "\(KeyMapping.pathLimit) in all are safe"
    }
  }

  private func shown(_ path: String) -> String {
    LocalPath(checked: Array(path.utf8)).description
  }
}

extension Unicode.Scalar {
  fileprivate var name: String {
    properties.generalCategory == .control || properties.generalCategory == .format
      ? "U+\(String(value, radix: 16, uppercase: true))" : "“\(self)”"
  }
}
