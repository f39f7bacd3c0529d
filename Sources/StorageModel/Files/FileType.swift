/// What a file is for, as the database's enumeration of that name has it. It decides the bucket and the first segment
/// of the storage path.
public enum FileType: String, Hashable, Sendable, CaseIterable {
  /// Somebody brought it.
  case userUpload = "user_upload"
  /// A tool made it.
  case generated
  /// It can be made again.
  case cache

  /// Where files of the type go.
  public var bucket: Bucket {
    switch self {
    case .userUpload: .userFiles
    case .generated, .cache: .generatedFiles
    }
  }

  /// The first segment of a storage path.
  public var pathRoot: String {
    switch self {
    case .userUpload: "uploads"
    case .generated: "generated"
    case .cache: "cache"
    }
  }
}

/// The two buckets of the guide.
public enum Bucket: String, Hashable, Sendable, CaseIterable {
  /// For what people bring: 50 MiB a file.
  case userFiles = "user-files"
  /// For what tools make: 10 MiB a file.
  case generatedFiles = "generated-files"

  /// As requests address it.
  public var name: String { rawValue }

  /// The limit with which `setup` creates the bucket, in bytes. What holds is what the server says.
  public var fileSizeLimit: Int64 {
    switch self {
    case .userFiles: 52_428_800
    case .generatedFiles: 10_485_760
    }
  }
}
