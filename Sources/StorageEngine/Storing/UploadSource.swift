public import StorageFiles
public import StorageModel

/// Something to store: a file, a directory, or content that lies in no file.
public struct UploadSource: Sendable {
  enum Content: Sendable {
    case file(LocalPath)
    case directory(LocalPath, PathPatterns)
    /// Whichever of the two lies there.
    case either(LocalPath, PathPatterns)
    /// Read to its end.
    case descriptor(Int32)
    case bytes([UInt8])
    case unusable(StorageError)
  }

  let content: Content
  /// How outcomes name it; files of a directory are named by where they lie.
  let label: LocalPath
  /// What it is called; of a file without one its base name.
  let name: LocalPath?
  let mediaType: MediaType?

  /// A regular file. Its outcome names it by the label, in place of its path; it is called by the name, in place of its
  /// base name.
  public static func file(_ path: LocalPath, label: LocalPath? = nil, name: LocalPath? = nil) -> UploadSource {
    UploadSource(content: .file(path), label: label ?? path, name: name, mediaType: nil)
  }

  /// A directory with all it holds that `patterns` do not leave out; files are called by their paths below it.
  public static func directory(_ path: LocalPath, patterns: PathPatterns = PathPatterns()) -> UploadSource {
    UploadSource(content: .directory(path, patterns), label: path, name: nil, mediaType: nil)
  }

  /// A directory with all it holds, or a regular file, whichever lies there.
  public static func recursively(
    _ path: LocalPath, label: LocalPath? = nil, patterns: PathPatterns = PathPatterns()
  ) -> UploadSource {
    UploadSource(content: .either(path, patterns), label: label ?? path, name: nil, mediaType: nil)
  }

  /// Everything that can be read from an open descriptor, such as 0 for standard input. It is read to its end before
  /// anything is stored, kept on disk meanwhile, and not closed.
  public static func descriptor(_ number: Int32, label: LocalPath, name: LocalPath) -> UploadSource {
    UploadSource(content: .descriptor(number), label: label, name: name, mediaType: nil)
  }

  /// Content in memory. With a media type, name and content are not asked for one.
  public static func bytes(
    _ bytes: [UInt8], label: LocalPath, name: LocalPath, mediaType: MediaType? = nil
  ) -> UploadSource {
    UploadSource(content: .bytes(bytes), label: label, name: name, mediaType: mediaType)
  }

  /// What was named and cannot be stored, for the reason in `error`: it fails alone, like a file that cannot be read.
  public static func unusable(_ label: LocalPath, _ error: StorageError) -> UploadSource {
    UploadSource(content: .unusable(error), label: label, name: nil, mediaType: nil)
  }
}
