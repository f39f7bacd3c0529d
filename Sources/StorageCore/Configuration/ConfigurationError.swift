public import StorageFiles
public import StorageModel
public import StorageRunning

/// Why a run cannot begin. Never holds the value of a secret.
public enum ConfigurationError: Error, Hashable, Sendable {
  /// A setting that is needed; `similar` is a variable that is set and may have been meant.
  case missing(Setting, similar: String?)
  /// One half of what belongs together.
  case incomplete(has: Setting, lacks: Setting, similar: String?)
  /// A variable that looks like one of ours and is none, and the one that was probably meant.
  case unknownName(String, Origin, nearest: String?)
  /// `reason` goes on after the setting's name: "is not a number".
  case invalid(Setting, Origin, reason: String)
  /// A path of Windows among the values that means nothing here.
  case drivePath(Setting, Origin, DrivePathError)
  /// The variable, and the one that names a file with the value.
  case setTwice(String, Origin)
  /// Two variables that mean the same setting and hold different values.
  case contradictory(Setting, String, String, Origin)
  /// A line of a file of settings that cannot be read, and why.
  case dotEnv(LocalPath, line: Int, String)
  /// A file of settings that belongs to another user.
  case foreignDotEnv(LocalPath)
  /// A file of settings or with a key that other users can change.
  case writableByOthers(LocalPath)
  /// A file of settings, or one with a secret, cannot be read.
  case file(FileError)
  /// The state directory cannot be used.
  case state(StateError)
}

extension ConfigurationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let setting, _): "\(setting.name) is not set"
    case .incomplete(let present, let absent, _): "\(present.name) is set, \(absent.name) is not"
    case .unknownName(let name, let origin, _): "\(LocalPath(checked: Array(name.utf8))) (\(origin)) is no setting"
    case .invalid(let setting, let origin, let reason): "\(setting.name) (\(origin)) \(reason)"
    case .drivePath(let setting, let origin, let error): "\(setting.name) (\(origin)) cannot be used: \(error)"
    case .setTwice(let name, let origin): "both \(name) and \(name)_FILE are set (\(origin))"
    case .contradictory(_, let name, let other, let origin):
      "\(name) and \(other) are both set, to different values (\(origin))"
    case .dotEnv(let path, let line, let reason): "\(path) line \(line): \(reason)"
    case .foreignDotEnv(let path): "\(path) belongs to another user"
    case .writableByOthers(let path): "\(path) can be written by other users, who could point it elsewhere"
    case .file(let error): error.description
    case .state(let error): error.description
    }
  }

  /// What to do next.
  public var hint: String? {
    switch self {
    case .missing(_, let similar?), .incomplete(_, _, let similar?): "\(similar) is set: was it meant?"
    case .missing(let setting, nil), .incomplete(_, let setting, nil):
      "set \(setting.names.joined(separator: " or ")) in the environment or in .env: \(setting.source)"
    case .unknownName(_, _, let nearest?): "did you mean \(nearest)?"
    case .invalid(.driveMap, _, _): "an entry is a drive or a folder on one, and where it lies here: C:=/mnt/c"
    case .drivePath(_, _, let error): error.hint
    case .unknownName(_, _, nil), .invalid: "supastore config show lists every setting"
    case .setTwice, .contradictory: "keep one of the two"
    case .dotEnv: "a line is NAME=value; a value with spaces or # stands in quotes"
    case .writableByOthers(let path): "run chmod go-w \(path)"
    case .foreignDotEnv: "if you trust it, name it: --env-file .env"
    case .file: nil
    case .state(let error): error.hint
    }
  }
}

/// Where a value comes from.
public enum Origin: Hashable, Sendable, CustomStringConvertible {
  /// On the command line, e.g. `--jobs`.
  case flag(String)
  /// A variable of the process.
  case environment
  /// A line of a file of settings; lines are counted from 1.
  case dotEnv(LocalPath, line: Int)
  /// Nobody set it.
  case standard

  public var description: String {
    switch self {
    case .flag(let name): name
    case .environment: "environment"
    case .dotEnv(let path, let line): "\(path):\(line)"
    case .standard: "default"
    }
  }
}
