internal import CommandTable
package import StorageCore
internal import SupastoreShell

extension StatusReport {
  /// Runs that people are shown.
  private static let shownRunCount = 5

  /// For people.
  package func facts(_ configuration: Configuration) -> [(String, String)] {
    var facts = [("mode", mode.rawValue), ("backend", backend.rawValue)]
    if let projectURL { facts.append(("project", projectURL)) }
    if let outage {
      let next = outage.seconds > 0 ? "asked again in \(outage.seconds) s" : "asked by the next command"
      facts.append(("outage", "\(outage.message); \(next)"))
    }
    switch local {
    case .success(let local)?: facts += local.facts(mode)
    case .failure?: facts.append(("local store", "cannot be read"))
    case nil: facts.append(("local store", "none"))
    }
    if let cache {
      let limit = ByteSize(configuration.cacheByteLimit)
      facts.append(("cache", "\(counted(cache.fileCount, "file")), \(ByteSize(cache.byteCount)) of at most \(limit)"))
    }
    facts += usageFacts
    let runs = (try? self.runs.get()) ?? []
    for run in runs.prefix(Self.shownRunCount) { facts.append(("run", run.line)) }
    return facts
  }

  private var usageFacts: [(String, String)] {
    switch usage {
    case nil: return []
    case .failure?: return [("used", "unknown")]
    case .success(let usage)?:
      var total = usage.total.text
      if let quota {
        total += " of \(ByteSize(quota))" + (percent(usage.total.byteCount, of: quota).map { ", \($0) %" } ?? "")
      }
      return [("used", total)]
        + usage.entries.map { kind, amount in
          ("", "\(kind.bucket ?? "unknown bucket"), \(kind.fileType): \(amount.text)")
        }
    }
  }
}

extension Usage.Amount {
  fileprivate var text: String { "\(counted(fileCount, "file")), \(ByteSize(byteCount))" }
}

extension LocalStatus {
  fileprivate func facts(_ mode: StorageMode) -> [(String, String)] {
    let contents = counted(blobCount, "content")
    var facts = [("local store", "\(counted(fileCount, "file")), \(contents), \(ByteSize(byteCount)) in \(path)")]
    facts.append(("waiting", waiting(mode)))
    if backlog.otherCount > 0 { facts.append(("", "\(backlog.otherCount) more for other projects")) }
    if backlog.parkedCount > 0 { facts.append(("refused", "\(backlog.parkedCount)")) }
    facts += parked.map { ("", $0.line) }
    return facts
  }

  private func waiting(_ mode: StorageMode) -> String {
    guard let oldest = backlog.oldest else { return "nothing" }
    let counts = OutboxItem.Kind.allCases.compactMap { kind in
      backlog.waiting[kind].map { "\($0) \($0 == 1 ? kind.rawValue : kind.plural)" }
    }
    let end = mode == .local ? "until a project is set" : "since \(minute(of: oldest)) UTC"
    return "\(counts.joined(separator: ", ")); \(ByteSize(backlog.byteCount)), \(end)"
  }
}

extension OutboxItem {
  fileprivate var line: String {
    let subject = [change.fileID?.description, change.continuationID, change.messageID].compactMap(\.self)
    return "\(change.kind.rawValue) \(subject.joined(separator: " ")): \(error?.message ?? "no error is known")"
  }
}

extension OutboxItem.Kind {
  /// Also the key in JSON.
  var plural: String { "\(rawValue)s" }
}

extension PastRun {
  fileprivate var line: String {
    let counts =
      Self.removalStatuses.compactMap { status in removals[status].map { "\($0) \(status.rawValue)" } }
      + FileOutcome.Status.allCases.compactMap { status in self.counts[status].map { "\($0) \(status.rawValue)" } }
    let result =
      counts.isEmpty ? (command == "cleanup" ? "nothing removed" : "no files") : counts.joined(separator: ", ")
    let end = errorCode.map { "; ended by \($0)" } ?? ""
    return "\(minute(of: startedAt.description)) UTC  \(command): \(result) in \(duration.brief)\(end)"
  }
}
