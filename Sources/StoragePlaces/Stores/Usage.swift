internal import StorageModel

/// What files take, by bucket and type, as their rows tell it.
public struct Usage: Sendable, Equatable {
  /// What files are counted apart by.
  public struct Kind: Sendable, Hashable {
    /// What the rows say, else what their type implies; nil where the type is an unknown one.
    public var bucket: String?
    /// The word in the column: it may be one that this version does not know.
    public var fileType: String
  }

  /// How many files, and of how many bytes.
  public struct Amount: Sendable, Hashable {
    /// Rows.
    public var fileCount = 0
    /// Of the rows that tell their size.
    public var byteCount: Int64 = 0

    package init(fileCount: Int = 0, byteCount: Int64 = 0) {
      self.fileCount = fileCount
      self.byteCount = byteCount
    }

    mutating func add(_ other: Amount) {
      fileCount += other.fileCount
      byteCount.add(other.byteCount)
    }
  }

  /// Of each kind that there is.
  public private(set) var amounts: [Kind: Amount] = [:]

  package init() {}

  /// Of all kinds together.
  public var total: Amount { amounts.values.reduce(into: Amount()) { $0.add($1) } }

  /// Ordered by bucket and type.
  public var entries: [(kind: Kind, amount: Amount)] {
    amounts.sorted { ($0.key.bucket ?? "", $0.key.fileType) < ($1.key.bucket ?? "", $1.key.fileType) }
      .map { ($0.key, $0.value) }
  }

  mutating func add(_ other: Usage) {
    for (kind, amount) in other.amounts { amounts[kind, default: Amount()].add(amount) }
  }

  /// - Parameter bucket: what the rows' metadata say; nil where they say nothing of ours.
  package mutating func add(_ amount: Amount, bucket: String?, fileType: String) {
    let kind = Kind(bucket: bucket ?? FileType(rawValue: fileType)?.bucket.name, fileType: fileType)
    amounts[kind, default: Amount()].add(amount)
  }
}
