/// The database as the service uses it: with all rights, or with those of a caller.
struct StorageDatabase: Sendable {
  let pool: PostgresPool

  /// Runs outside any transaction, as the superuser.
  func asSuperuser<Result>(_ body: (PostgresConnection) throws -> Result) throws -> Result {
    try pool.withConnection(orFail: { $0 as any Error }) { connection throws(any Error) in
      try body(connection)
    }
  }

  /// Runs in one transaction under the caller's role, with the settings that policies read.
  ///
  /// - Parameter keepsChanges: false rolls back, to try whether something would be allowed.
  func asCaller<Result>(
    _ caller: StorageCaller, keepsChanges: Bool = true, _ body: (PostgresConnection) throws -> Result
  ) throws -> Result {
    try transaction(beginningWith: Self.settings(of: caller), keepsChanges: keepsChanges, body)
  }

  /// Runs in one transaction as the superuser.
  func inTransaction<Result>(_ body: (PostgresConnection) throws -> Result) throws -> Result {
    try transaction(beginningWith: Self.deletionAllowed, keepsChanges: true, body)
  }

  private func transaction<Result>(
    beginningWith settings: String, keepsChanges: Bool, _ body: (PostgresConnection) throws -> Result
  ) throws -> Result {
    try asSuperuser { connection in
      do {
        try connection.run(script: "begin; \(settings)")
        let result = try body(connection)
        try connection.run(script: keepsChanges ? "commit" : "rollback")
        return result
      } catch {
        try? connection.run(script: "rollback")
        throw error
      }
    }
  }

  private static let deletionAllowed = "set local storage.allow_delete_query = 'true'"

  private static func settings(of caller: StorageCaller) -> String {
    let settings: KeyValuePairs = [
      "request.jwt.claims": caller.claims, "request.jwt.claim.role": caller.role,
      "request.jwt.claim.sub": caller.subject ?? "", "storage.allow_delete_query": "true",
    ]
    let calls = settings.map { "set_config('\($0.key)', \(literal($0.value)), true)" }
    return "select \(calls.joined(separator: ", ")); set local role \(identifier(caller.role))"
  }

  private static func literal(_ text: String) -> String {
    "'\(text.marking("'", with: "'"))'"
  }

  private static func identifier(_ text: String) -> String {
    "\"\(text.marking("\"", with: "\""))\""
  }
}

extension StorageDatabase {
  /// SQL that prints a column of moments as JavaScript does.
  static func iso8601(_ column: String) -> String {
    #"to_char(\#(column) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#
  }

  /// SQL that tells whether `$n` names a role to which row-level security does not apply; null when there is none.
  static func isPrivileged(_ parameter: String) -> String {
    "(select rolbypassrls or rolsuper from pg_roles where rolname = \(parameter))"
  }

  /// The literal of a `text[]`.
  static func array(_ elements: [String]) -> PostgresParameter {
    var text: [UInt8] = [UInt8(ascii: "{")]
    for (index, element) in elements.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      text.append(UInt8(ascii: "\""))
      for byte in element.utf8 where byte != 0 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
        text.append(byte)
      }
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "}"))
    return PostgresParameter(text)
  }
}
