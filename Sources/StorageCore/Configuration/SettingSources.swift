internal import Glibc
internal import StorageFiles
internal import StorageFormats
internal import StorageModel

/// The raw values of all settings, each from the first place that has one.
struct SettingSources: Sendable {
  struct Value: Sendable {
    var bytes: [UInt8]
    var origin: Origin
    /// The file that was named in the value's stead, and whether other users can read it.
    var file: LocalPath?
    var isExposed = false
  }

  let environment: Environment
  private let names: [String]
  private var values: [Setting: Value] = [:]
  /// Files with secrets that other users can read: what holds the secret, and the file.
  private(set) var exposed: [(setting: Setting, file: LocalPath)] = []

  init(flags: [Setting: [UInt8]], environment: Environment, dotEnv: DotEnv?) throws(ConfigurationError) {
    self.environment = environment
    names = environment.variables.keys.sorted() + (dotEnv?.values.keys.sorted() ?? [])
    for name in environment.variables.keys.sorted() { try Self.check(name, .environment) }
    if let dotEnv {
      for (name, value) in dotEnv.values.sorted(by: { $0.value.line < $1.value.line }) {
        try Self.check(name, .dotEnv(dotEnv.path, line: value.line))
      }
    }
    for setting in Setting.allCases {
      let value = try Self.value(setting, flags, environment, dotEnv)
      values[setting] = value
      if setting.isSecret, let file = value?.file, value?.isExposed ?? false { exposed.append((setting, file)) }
    }
  }

  private static func value(
    _ setting: Setting, _ flags: [Setting: [UInt8]], _ environment: Environment, _ dotEnv: DotEnv?
  ) throws(ConfigurationError) -> Value? {
    if let flag = flags[setting] { return Value(bytes: flag, origin: .flag(setting.flagName)) }
    let inEnvironment = try find(setting) { name in
      environment[name].map { Value(bytes: $0, origin: .environment) }
    }
    if let inEnvironment { return inEnvironment }
    let inDotEnv = try find(setting) { name in
      guard let dotEnv, let value = dotEnv.values[name], !value.bytes.isEmpty else { return nil }
      return Value(bytes: value.bytes, origin: .dotEnv(dotEnv.path, line: value.line))
    }
    return inDotEnv ?? setting.standardValue.map { Value(bytes: Array($0.utf8), origin: .standard) }
  }

  private static let prefix = "SUPASTORE_"

  /// Names of our own that mean nothing are mistakes; other programs' names are none of our business. Platforms put names
  /// like ours into the environment, too, such as SUPASTORE_PORT beside a service of that name: there only what looks like
  /// one of ours is a mistake.
  private static func check(_ name: String, _ origin: Origin) throws(ConfigurationError) {
    guard name.hasPrefix(prefix) else { return }
    let known = Setting.allCases.flatMap(\.variables).filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
    let rest = String(name.dropFirst(prefix.count))
    guard !known.contains(rest) else { return }
    let nearest = known.nearest(to: rest).map { prefix + $0 }
    if origin == .environment, nearest == nil { return }
    throw .unknownName(name, origin, nearest: nearest)
  }

  /// The value in one place, under whichever of its names, or in the file that is named in its stead there. Two names
  /// with one value are no mistake: programs that know one of them each may share a file of settings.
  private static func find(
    _ setting: Setting, in place: (String) -> Value?
  ) throws(ConfigurationError) -> Value? {
    var found: (name: String, value: Value)?
    for name in setting.names {
      guard let value = try find(name, of: setting, in: place) else { continue }
      if let (other, known) = found, known.bytes != value.bytes {
        throw .contradictory(setting, other, name, value.origin)
      }
      found = found ?? (name, value)
    }
    return found?.value
  }

  private static func find(
    _ name: String, of setting: Setting, in place: (String) -> Value?
  ) throws(ConfigurationError) -> Value? {
    let value = place(name)
    guard setting.isSecret, let named = place("\(name)_FILE") else { return value }
    guard value == nil else { throw .setTwice(name, named.origin) }
    guard let path = LocalPath(bytes: named.bytes) else { return nil }
    let file: SettingFile
    do throws(FileError) {
      file = try SettingFile(FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK), named: path)
    } catch {
      throw .file(error)
    }
    guard !file.isWritableByOthers else { throw .writableByOthers(path) }
    var bytes = file.bytes
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else { throw .invalid(setting, named.origin, reason: "comes from \(path), which is empty") }
    return Value(bytes: bytes, origin: named.origin, file: path, isExposed: file.isReadableByOthers)
  }

  func value(_ setting: Setting) -> Value? { values[setting] }

  func text(_ setting: Setting) throws(ConfigurationError) -> String? {
    guard let value = values[setting] else { return nil }
    guard let text = String(validating: value.bytes, as: UTF8.self), !value.bytes.contains(where: { $0 < 0x20 }) else {
      throw .invalid(setting, value.origin, reason: "holds control characters or is not UTF-8")
    }
    return text
  }

  func path(_ setting: Setting) throws(ConfigurationError) -> LocalPath? {
    guard let value = values[setting] else { return nil }
    guard let path = LocalPath(bytes: value.bytes) else {
      throw .invalid(setting, value.origin, reason: "holds a NUL")
    }
    return path
  }

  func count(_ setting: Setting) throws(ConfigurationError) -> Int? {
    guard case .count(let range) = setting.kind, let text = try text(setting) else { return nil }
    guard let count = Int(text), range.contains(count) else {
      throw invalid(setting, "is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return count
  }

  /// Bytes.
  func size(_ setting: Setting) throws(ConfigurationError) -> Int64? {
    guard case .size = setting.kind, let text = try text(setting) else { return nil }
    guard let size = ByteSize(text) else { throw invalid(setting, "is no size such as 500, 64KiB or 10MB") }
    return size.byteCount
  }

  func flag(_ setting: Setting) throws(ConfigurationError) -> Bool {
    switch try text(setting)?.lowercased() {
    case "1", "yes", "true", "on": true
    case nil, "0", "no", "false", "off": false
    default: throw invalid(setting, "is neither yes nor no")
    }
  }

  func choice(_ setting: Setting) throws(ConfigurationError) -> String? {
    guard case .choice(let choices) = setting.kind, let text = try text(setting) else { return nil }
    guard choices.contains(text) else {
      throw invalid(setting, "takes only \(choices.map { "“\($0)”" }.joined(separator: " or ")) so far")
    }
    return text
  }

  func driveMap() throws(ConfigurationError) -> DriveMap {
    guard let value = values[.driveMap], let text = try text(.driveMap) else { return DriveMap() }
    return try DriveMap(text, from: value.origin)
  }

  /// `reason` after the value that does not fit.
  private func invalid(_ setting: Setting, _ reason: String) -> ConfigurationError {
    let value = values[setting]
    let shown = setting.isSecret ? "" : "= “\(shownValue(value?.bytes ?? []))” "
    return .invalid(setting, value?.origin ?? .standard, reason: shown + reason)
  }

  /// Whether a project at Supabase is meant: some of what leads to it is set, or was meant to be and is misspelt.
  var nameProject: Bool {
    [.projectURL, .serviceRoleKey, .anonKey].contains { value($0) != nil }
      || [.projectURL, .serviceRoleKey].contains { similar(to: $0) != nil }
  }

  /// A variable that is set, is no setting, and may have been meant as this one.
  func similar(to setting: Setting) -> String? {
    names.filter { name in !Setting.allCases.contains { $0.variables.contains(name) } }
      .nearest(to: setting.name)
  }
}

extension Setting {
  /// The option of commands that take this setting there: `--jobs` for `SUPASTORE_JOBS`.
  public var flagName: String {
    let words = name.split(separator: "_").filter { $0 != "SUPASTORE" }
    return "--" + words.joined(separator: "-").lowercased()
  }
}
