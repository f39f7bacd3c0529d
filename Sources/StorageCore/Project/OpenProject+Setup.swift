public import StorageEngine
public import StorageModel
internal import StoragePlaces

/// What `setup` found out about one bucket.
public struct BucketState: Sendable {
  /// How a bucket compares with what is expected.
  public enum Finding: String, Sendable {
    /// As it should be.
    case present
    /// There, but public where it should be private, or with another limit.
    case different
    /// Not there, and not made.
    case missing
    /// Was missing and was made.
    case created
  }

  /// What the program needs.
  public var expected: StoredBucket
  /// Nil when it is missing.
  public var actual: StoredBucket?
  /// How the two compare.
  public var finding: Finding
}

extension OpenProject {
  /// Compares the project's buckets with what the guide asks for.
  /// - Parameter creating: whether missing ones are made. Existing ones are never changed: their settings may be meant.
  public func setUpBuckets(creating: Bool) async throws(StorageError) -> [BucketState] {
    var states: [BucketState] = []
    for bucket in Bucket.allCases {
      let expected = StoredBucket(name: bucket.name, isPublic: false, byteLimit: bucket.fileSizeLimit)
      if let actual = try await objects.bucket(bucket.name) {
        let finding: BucketState.Finding = actual == expected ? .present : .different
        states.append(BucketState(expected: expected, actual: actual, finding: finding))
      } else if creating {
        try await objects.create(expected)
        guard let actual = try await objects.bucket(bucket.name) else {
          throw StorageError(.rejected, "bucket \(bucket.name) was made and is not there", hint: "run it again")
        }
        states.append(BucketState(expected: expected, actual: actual, finding: .created))
      } else {
        states.append(BucketState(expected: expected, actual: nil, finding: .missing))
      }
    }
    return states
  }
}
