/// What a file is for, as the database's enumeration of that name has it. It decides the bucket and the first segment
/// of the storage path.
public enum FileType: String, Hashable, Sendable, CaseIterable {
  case userUpload = "user_upload"
  case generated
  case cache

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
  case userFiles = "user-files"
  case generatedFiles = "generated-files"

  public var name: String { rawValue }

  /// The limit with which `setup` creates the bucket, in bytes. What holds is what the server says.
  public var fileSizeLimit: Int64 {
    switch self {
    case .userFiles: 52_428_800
    case .generatedFiles: 10_485_760
    }
  }
}
