internal import StorageModel

extension CleanupSurvey {
  /// What forbids any removal, whatever was found.
  var refusals: [StorageError] {
    let hidden = Safeguard.hiddenRows.rawValue
    let names = callerSeesAllRows || obstacles.contains(hidden) ? obstacles : [hidden] + obstacles
    return names.map { .refused(byObstacle: $0) }
  }

  /// What forbids removing this much.
  func refusals(of amounts: [CleanupClass: CleanupAmount], _ limits: RemovalLimits) -> [StorageError] {
    func sum(_ kinds: CleanupClass...) -> CleanupAmount {
      kinds.reduce(into: CleanupAmount()) { sum, kind in
        sum.count += amounts[kind]?.count ?? 0
        sum.byteCount.add(amounts[kind]?.byteCount ?? 0)
      }
    }
    var refusals: [StorageError] = []
    for (amount, verb) in [(sum(.orphan, .expired, .object), "trashed"), (sum(.purge), "purged")] {
      if amount.count > limits.count {
        refusals.append(
          .refused(
            by: .maxDelete, "\(amount.count) would be \(verb), more than \(limits.count)",
            hint: "look at them without --apply; if they are right, add --max-delete \(amount.count)"))
      }
      if amount.byteCount > limits.byteCount {
        refusals.append(
          .refused(
            by: .maxDeleteBytes, "\(amount.byteCount) bytes would be \(verb), more than \(limits.byteCount)",
            hint: "look at them without --apply; if they are right, add --max-delete-bytes \(amount.byteCount)"))
      }
    }
    let rows = sum(.orphan, .expired).count
    let allowed = (fileCount * limits.percent + 99) / 100
    if rows > allowed {
      let percent = (rows * 100 + fileCount - 1) / max(1, fileCount)
      refusals.append(
        .refused(
          by: .maxDeletePercent, "\(rows) of \(fileCount) rows would be trashed, more than \(limits.percent) %",
          hint: "look at them without --apply; if they are right, add --max-delete-percent \(min(100, percent))"))
    }
    if sum(.orphan).count > 0, linkCount == 0 {
      refusals.append(
        .refused(
          by: .noLinks, "no file is linked to any conversation, so that a file has no link means nothing",
          hint: "are these the right project and tables?"))
    }
    if sum(.orphan).count > 0, conversationCount == 0 {
      refusals.append(
        .refused(
          by: .noConversations, "there are no conversations, so that a file has no link means nothing",
          hint: "are these the right project and tables?"))
    }
    return refusals
  }
}
