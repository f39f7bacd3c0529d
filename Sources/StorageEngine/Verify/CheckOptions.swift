public import StorageFiles
public import StorageModel

/// How objects, rows and sources are compared.
public struct CheckOptions: Sendable {
  /// Of the sources.
  public var type: FileType
  /// Which files of the sources are meant.
  public var patterns: PathPatterns
  /// Objects that are looked at or read at one time.
  public var jobs: Int
  /// Whether every object is asked for its first byte.
  public var touches: Bool
  /// Whose content is read through; nil: nobody's.
  public var reading: ReadSample?
  /// Which day's turn it is in `reading`, since 1970-01-01.
  public var day: Int
  /// Whether what is missing and can be proved is added.
  public var repairs: Bool
  /// An object without a row may be being stored as long as it is not older than this.
  public var grace: Duration

  /// What the program does unless it is told otherwise.
  public init(
    type: FileType = .userUpload, patterns: PathPatterns = PathPatterns(), jobs: Int = 8,
    touches: Bool = false, reading: ReadSample? = nil, day: Int? = nil, repairs: Bool = false,
    grace: Duration = .seconds(24 * 60 * 60)
  ) {
    self.type = type
    self.patterns = patterns
    self.jobs = jobs
    self.touches = touches
    self.reading = reading
    self.day = day ?? Timestamp.now.day
    self.repairs = repairs
    self.grace = grace
  }
}
