internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// What one line asks for.
struct DownloadRequest {
  private enum Selection {
    case references([FileReference])
    case conversation(String)
    case named(String, conversation: String)

    var isSingle: Bool {
      switch self {
      case .references(let references): references.count == 1
      case .conversation: false
      case .named: true
      }
    }
  }

  private let console: Console
  private let selection: Selection
  private let target: DownloadTarget
  private var options: DownloadOptions

  init(_ arguments: Arguments, _ console: Console) throws(UsageError) {
    self.console = console
    selection = try Self.selection(arguments)
    options = DownloadOptions(replaces: arguments[DownloadCommand.force], jobs: arguments[DownloadCommand.jobs])
    switch (arguments[DownloadCommand.range], arguments[DownloadCommand.tail]) {
    case (nil, nil): break
    case (let range?, nil): options.range = range
    case (nil, let tail?): options.range = .last(tail.byteCount)
    case (.some, .some): throw Self.misuse("--range and --tail exclude each other")
    }
    guard arguments[DownloadCommand.usesCache] || !arguments[DownloadCommand.offline] else {
      throw Self.misuse("--offline and --no-cache exclude each other")
    }
    let output = arguments[DownloadCommand.output]
    if let output, output.bytes == [UInt8(ascii: "-")] {
      target = .sink { try console.result(bytes: $0) }
    } else if let output, selection.isSingle, !output.namesDirectory {
      target = .file(output)
    } else if case .conversation = selection {
      target = .tree(output ?? .currentDirectory)
    } else {
      target = .directory(output ?? .currentDirectory)
    }
    guard options.range == nil || selection.isSingle else {
      throw Self.misuse("--range and --tail are for one file at a time")
    }
  }

  private static func selection(_ arguments: Arguments) throws(UsageError) -> Selection {
    let references = arguments[DownloadCommand.references]
    switch (references.isEmpty, arguments[DownloadCommand.conversation]?.text, arguments[DownloadCommand.name]?.text) {
    case (false, nil, nil): return .references(references)
    case (true, let conversation?, nil): return .conversation(conversation)
    case (true, let conversation?, let name?): return .named(name, conversation: conversation)
    case (_, nil, .some): throw Self.misuse("--name needs --conversation ID")
    case (false, .some, _): throw Self.misuse("a REF and --conversation exclude each other")
    case (true, nil, nil):
      throw UsageError("REF is missing", hint: "name a file, or a conversation with --conversation ID")
    }
  }

  private static func misuse(_ message: String) -> UsageError {
    UsageError(message, hint: "see 'supastore download --help'")
  }

  /// What was chosen, and where files are but for those that wait in the local store.
  typealias Origin = (mode: StorageMode, backend: Backend)

  func run(_ downloader: Downloader, _ origin: Origin) async throws -> ExitStatus {
    switch selection {
    case .references(let references):
      if references.count == 1 {
        try show(await downloader.download(references[0], to: target, options: options), origin)
        return .done
      }
      return try await counting(origin) { report in
        try await downloader.download(references, to: target, options: options, report: report)
      }
    case .conversation(let id):
      return try await counting(origin) { report in
        try await downloader.download(conversation: id, to: target, options: options, report: report)
      }
    case .named(let name, let conversation):
      let (row, olderCount) = try await downloader.newest(named: name, conversation: conversation)
      if olderCount > 0 {
        console.note("the newest of \(olderCount + 1) files named \(name); supastore list shows the older ones")
      }
      try show(await downloader.download(row, to: target, options: options), origin)
      return .done
    }
  }

  /// Runs a download of several and shows each.
  private func counting(
    _ origin: Origin, _ body: ((DownloadOutcome) throws -> Void) async throws -> Void
  ) async throws -> ExitStatus {
    var succeeded = 0
    var failures: [ExitStatus] = []
    try await body { outcome in
      switch outcome.result {
      case .success(let file):
        succeeded += 1
        try show(file, origin)
      case .failure(let error):
        failures.append(ExitStatus(error))
        if console.isJSON, !target.isSink {
          try console.result(outcome.reference.json(failedWith: error) + .origin(origin.mode, origin.backend))
        } else {
          console.warning("\(outcome.reference): \(error.message)", hint: error.hint)
        }
      }
    }
    if succeeded == 0, failures.isEmpty { console.note("there is nothing to download") }
    return .ofItems(succeeded: succeeded, failures: failures)
  }

  private func show(_ file: DownloadedFile, _ origin: Origin) throws(OutputError) {
    if !file.isVerified, file.part == nil {
      console.warning("the row of \(file.row.storagePath) holds no digest: only the size was compared")
    }
    guard let path = file.path else { return }
    if console.isJSON {
      let backend = file.source == .local ? .local : origin.backend
      try console.result(file.json + .origin(origin.mode, backend))
    } else {
      try console.result("\(path)")
    }
  }
}

extension DownloadTarget {
  fileprivate var isSink: Bool { if case .sink = self { true } else { false } }
}
