extension StorageError {
  /// The refusal of a safeguard.
  package static func refused(by safeguard: Safeguard, _ reason: String, hint: String? = nil) -> StorageError {
    StorageError(.guarded, "\(safeguard.rawValue): \(reason)", hint: hint, cause: .safeguard(safeguard))
  }

  /// Which safeguard refused; nil for every other error.
  public var safeguard: Safeguard? {
    if case .safeguard(let safeguard)? = cause { safeguard } else { nil }
  }

  /// The database knows no trash.
  package static let withoutTrash = StorageError(
    .setup, "the database has no trash yet: the schema's version 2 is not installed",
    hint: "install it: `supastore schema | psql \"$DB_URL\"`; nothing that is there is changed", cause: .withoutTrash)

  package static let notInstalled = refused(
    by: .notInstalled, "the database cannot take part in the decision: the schema's version 2 is missing",
    hint: StorageError.withoutTrash.hint)
}

extension StorageError {
  /// The refusal for something that the database names as standing in the way of a right decision.
  package static func refused(byObstacle obstacle: String) -> StorageError {
    let hint = "`supastore schema --check` shows what differs"
    return switch obstacle {
    case Safeguard.hiddenRows.rawValue:
      .refused(
        by: .hiddenRows, "row-level security may hide links from the key, or from the owner of the functions",
        hint: "use the service role's key; the tables' owner must not be subject to their policies")
    case Safeguard.foreignKey.rawValue:
      .refused(by: .foreignKey, "conversation_files has no valid foreign key to files", hint: hint)
    case Safeguard.trigger.rawValue:
      .refused(by: .trigger, "files lacks the trigger supastore_file_stored", hint: hint)
    case Safeguard.isolation.rawValue:
      .refused(
        by: .isolation, "transactions do not run at READ COMMITTED, and would decide by what is out of date",
        hint: "see default_transaction_isolation of the roles and the database")
    default:
      .refused(by: .scan, "the database names an obstacle that is unknown here: \(obstacle)")
    }
  }
}
