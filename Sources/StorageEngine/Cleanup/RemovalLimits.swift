/// What a cleanup may remove at most. Above one of these it removes nothing at all.
public struct RemovalLimits: Sendable, Equatable {
  /// Things moved into the trash by one run, and things purged by one run.
  public var count = 100
  /// Of all rows of `files`, rounded up: rows moved into the trash.
  public var percent = 10
  /// Of the things moved into the trash, and of those purged.
  public var byteCount: Int64 = 1 << 30

  /// A hundred files, a tenth of all rows, a gibibyte.
  public init() {}
}
