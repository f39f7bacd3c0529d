public import StorageModel

/// A path of Windows below the root of a drive, read the way Windows reads it.
struct DrivePath: Hashable, Sendable {
  /// The letter, in lower case.
  let drive: UInt8
  /// What stands below the drive's root, without `.`, `..` and empty components.
  let components: [[UInt8]]

  /// Nil for what is a path of this machine: anything that begins neither with a letter and a colon nor with exactly two
  /// slashes or backslashes.
  init?(_ path: LocalPath) throws(DrivePathError) {
    let bytes = path.bytes
    if bytes.starts(with: [.backslash, .backslash]) { throw .network(path) }
    if bytes.starts(with: [.slash, .slash]), bytes.count > 2, bytes[2] != .slash { throw .network(path) }
    guard bytes.count >= 2, bytes[0].isLetter, bytes[1] == .colon else { return nil }
    guard bytes.count > 2, bytes[2].isWindowsSeparator else { throw .driveRelative(path) }
    drive = bytes[0].lowercased
    var components: [[UInt8]] = []
    for component in bytes[3...].split(whereSeparator: \.isWindowsSeparator) {
      if component.elementsEqual([.dot]) { continue }
      if component.elementsEqual([.dot, .dot]) {
        guard components.popLast() != nil else { throw .outsideDrive(path) }
      } else {
        components.append(Array(component))
      }
    }
    self.components = components
  }
}

/// Why a path of Windows means nothing here.
public enum DrivePathError: Error, Hashable, Sendable {
  /// No entry of the map covers it.
  case unmapped(LocalPath)
  /// `\\server\share`, or a name of a device.
  case network(LocalPath)
  /// `C:name`: relative to a directory that only a process on Windows has.
  case driveRelative(LocalPath)
  /// `..` climbs above the drive.
  case outsideDrive(LocalPath)
}

extension DrivePathError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unmapped(let path): "no entry of \(Setting.driveMap.name) covers \(shownValue(path.bytes))"
    case .network(let path): "\(shownValue(path.bytes)) is a network path of Windows, which means nothing here"
    case .driveRelative(let path): "\(shownValue(path.bytes)) is a path of Windows without the root of its drive"
    case .outsideDrive(let path): "\(shownValue(path.bytes)) leaves its drive"
    }
  }

  /// What to do next.
  public var hint: String? {
    switch self {
    case .unmapped(let path):
      "say where the drive lies here, for example \(Setting.driveMap.name)='\(Self.exampleEntry(for: path))'"
    case .network: "mount the share and name its mount point; a path of this machine begins with one slash"
    case .driveRelative(let path):
      "write \(Self.drive(of: path))\\ and the whole path, or ./\(shownValue(path.bytes)) for a file of that name here"
    case .outsideDrive: nil
    }
  }

  private static func exampleEntry(for path: LocalPath) -> String {
    "\(drive(of: path))=/mnt/\(drive(of: path).prefix(1).lowercased())"
  }

  /// `C:`
  private static func drive(of path: LocalPath) -> String {
    String(decoding: path.bytes.prefix(2), as: UTF8.self).uppercased()
  }
}

extension LocalPath {
  /// What follows the last separator of either kind; nil when nothing is left that could name a file. For a name that a
  /// program on Windows may have written as a whole path.
  public var windowsBaseName: LocalPath? {
    guard let last = bytes.split(whereSeparator: \.isWindowsSeparator).last,
      !last.elementsEqual([.dot]), !last.elementsEqual([.dot, .dot])
    else { return nil }
    return LocalPath(checked: Array(last))
  }
}
