internal import CommandTable
internal import StorageCore
internal import SupastoreShell

extension StatusReport.Warning {
  /// A word that stays the same.
  var code: String {
    switch self {
    case .quota: "quota"
    case .waiting: "waiting"
    case .parked: "parked"
    case .local: "local"
    case .usage: "usage"
    case .runs: "runs"
    }
  }

  /// One line in lower case, without a full stop.
  package var message: String {
    switch self {
    case .quota(let used, let quota):
      "\(ByteSize(used)) of \(ByteSize(quota)) are used\(percent(used, of: quota).map { ", \($0) %" } ?? "")"
    case .waiting(let since): "changes wait for Supabase since \(minute(of: since.description)) UTC"
    case .parked(let count):
      "\(count) \(count == 1 ? "change was" : "changes were") refused by Supabase and not tried again"
    case .local(let error): error.message
    case .usage(let error): "what is used cannot be asked: \(error.message)"
    case .runs(let error): "how the last runs ended cannot be read: \(error.message)"
    }
  }

  package var hint: String? {
    switch self {
    case .quota: "make room there, or set SUPASTORE_QUOTA to what the project may hold by now"
    case .waiting: "'supastore sync' sends what waits"
    case .parked:
      "'supastore status' shows what each was refused with; see to that, then run 'supastore sync --retry-parked'"
    case .local(let error), .usage(let error), .runs(let error): error.hint
    }
  }

  var json: JSONDocument {
    ["code": .string(code), "message": .string(message), "hint": JSONDocument(hint)]
  }
}

/// How much of a quota is used, rounded down; nil for a quota of nothing.
func percent(_ used: Int64, of quota: Int64) -> Int64? {
  guard quota > 0 else { return nil }
  let (product, overflow) = used.multipliedReportingOverflow(by: 100)
  return overflow ? used / max(1, quota / 100) : product / quota
}
