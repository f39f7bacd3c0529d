internal import LocalPlace
public import StorageModel
internal import StoragePlaces

extension StatusReport {
  /// Something that somebody should see to.
  public enum Warning: Sendable, Equatable {
    /// Four fifths of the quota are used, or more.
    case quota(used: Int64, of: Int64)
    /// The oldest item waits for longer than a day.
    case waiting(since: Timestamp)
    /// Items that were refused for good.
    case parked(count: Int)
    /// The local store cannot be read.
    case local(StorageError)
    /// What is used cannot be asked.
    case usage(StorageError)
    /// How the last runs ended cannot be read.
    case runs(StorageError)
  }

  private static let patience = Duration.seconds(24 * 60 * 60)

  /// What is worth a warning at a time.
  public func warnings(at now: Timestamp = .now) -> [Warning] {
    var warnings: [Warning] = []
    switch local {
    case .failure(let error)?: warnings.append(.local(error))
    case .success(let local)?:
      // Without a project nothing is expected to go anywhere.
      if mode != .local, let oldest = local.backlog.oldest.flatMap({ Timestamp($0) }),
        let end = oldest.adding(Self.patience), end < now
      {
        warnings.append(.waiting(since: oldest))
      }
      if local.backlog.parkedCount > 0 { warnings.append(.parked(count: local.backlog.parkedCount)) }
    case nil: break
    }
    switch usage {
    // A local store that cannot be read is told once.
    case .failure(let error)? where mode != .local: warnings.append(.usage(error))
    case .success(let usage)?:
      if let quota, usage.total.byteCount >= quota - quota / 5 {
        warnings.append(.quota(used: usage.total.byteCount, of: quota))
      }
    case .failure?, nil: break
    }
    if case .failure(let error) = runs { warnings.append(.runs(error)) }
    return warnings
  }
}
