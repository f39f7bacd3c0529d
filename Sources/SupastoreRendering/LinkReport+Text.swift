package import CommandTable
package import StorageCore
package import SupastoreShell

/// The two that change links, which differ in a few words.
package enum LinkVerb: String {
  case link, unlink

  var done: String { self == .link ? "linked" : "unlinked" }
  var already: String { self == .link ? "linked already" : "not linked" }
}

extension LinkReport {
  /// - Parameter conversation: as it was named, for want of a row.
  func json(_ verb: LinkVerb, _ conversation: String) -> JSONDocument {
    func ids(_ files: [FileID]) -> JSONDocument { .array(files.map { .string($0.description) }) }
    return .object([
      .init(name: "type", value: .string(verb.rawValue)),
      .init(name: "conversation_id", value: JSONDocument(outage == nil ? self.conversation?.id : nil)),
      .init(name: "continuation_id", value: .string(self.conversation?.continuationID ?? conversation)),
      .init(name: verb.done, value: ids(changed)), .init(name: "already", value: ids(already)),
      .init(
        name: "failed", value: .array(failed.map { ["file": .string($0.file.description), "error": $0.error.json] })),
    ])
  }

  /// For people.
  func line(_ verb: LinkVerb) -> String {
    let counts = [(changed.count, verb.done), (already.count, verb.already), (failed.count, "failed")]
    return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  var status: ExitStatus {
    let succeeded = changed.count + already.count
    let items = ExitStatus.ofItems(succeeded: succeeded, failures: failed.map { ExitStatus($0.error) })
    return .ofRun([items, outage != nil && succeeded > 0 ? .keptLocally : .done])
  }
}

extension Console {
  /// Prints what became of the links, and returns how the command ends.
  package func show(
    _ report: LinkReport, _ verb: LinkVerb, _ conversation: String, of project: OpenProject
  ) throws(OutputError) -> ExitStatus {
    if let outage = report.outage, report.changed.count + report.already.count > 0 {
      noteKept("the links are kept", because: outage)
    }
    if isJSON {
      try result(report.json(verb, conversation) + project.origin(after: report.outage))
    } else {
      for (file, error) in report.failed { warning("\(file): \(error.message)", hint: error.hint) }
      try result(report.line(verb))
    }
    return report.status
  }
}

extension Arguments {
  /// The value of an option that has to be given.
  package func required(_ option: Option<NonEmptyText?>) throws(UsageError) -> String {
    guard let value = self[option]?.text else {
      throw UsageError("--\(option.specification.name) is missing", hint: "it says which one is meant")
    }
    return value
  }
}
