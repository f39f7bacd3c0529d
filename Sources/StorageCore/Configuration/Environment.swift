internal import Glibc
internal import StorageModel

/// Variables by name; values are bytes, for they may hold paths.
public struct Environment: Sendable {
  /// As they are set, the empty ones, too.
  public var variables: [String: [UInt8]]

  /// These variables and no others.
  public init(_ variables: [String: [UInt8]] = [:]) {
    self.variables = variables
  }

  /// The variables of this process. Call it before there is a second thread that sets any.
  public static func ofThisProcess() -> Environment {
    var variables: [String: [UInt8]] = [:]
    var next = environ
    while let entry = next.pointee {
      let bytes = UnsafeRawBufferPointer(start: entry, count: strlen(entry))
      if let sign = bytes.firstIndex(of: UInt8(ascii: "=")),
        let name = String(validating: bytes[..<sign], as: UTF8.self)
      {
        variables[name] = Array(bytes[(sign + 1)...])
      }
      next += 1
    }
    return Environment(variables)
  }

  /// The value, unless it is empty: an empty variable counts as one that is not set.
  public subscript(name: String) -> [UInt8]? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  func path(_ name: String) -> LocalPath? {
    self[name].flatMap { LocalPath(bytes: $0) }
  }

  /// Our directory among those of one kind, by the XDG rules: in the one that `variable` names, else in `path` below the
  /// home; nil when there is neither.
  func ownDirectory(in variable: String, orInHome path: String) -> LocalPath? {
    let name = LocalPath(checked: Array("supastore".utf8))
    // A relative one counts as none, says the specification.
    if let base = self.path(variable), base.isAbsolute { return base.appending(name) }
    guard let home = self.path("HOME"), home.isAbsolute else { return nil }
    return home.appending(LocalPath(checked: Array(path.utf8))).appending(name)
  }
}
