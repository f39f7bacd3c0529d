/// What the codes of PostgREST and the SQLSTATEs of PostgreSQL mean.
enum RowCodes {
  /// Nil for a code that says no more than its status.
  static func kind(of code: String?, status: Int, effect: Route.Effect) -> ServiceError.Kind? {
    guard let code else { return nil }
    return code.hasPrefix("PGRST") ? ofServer(code, effect) : ofDatabase(code, status, effect)
  }

  private static func ofServer(_ code: String, _ effect: Route.Effect) -> ServiceError.Kind? {
    switch code {
    // No connection to the database was had.
    case "PGRST000", "PGRST002", "PGRST003": .retryable
    case "PGRST001", "PGRSTX00": ServiceError.lost(effect)
    // Schema, path, OpenAPI, relation, function, column, table, no JWT secret.
    case "PGRST106", "PGRST125", "PGRST126", "PGRST200", "PGRST201", "PGRST202", "PGRST203", "PGRST204", "PGRST205",
      "PGRST300":
      .setUp
    // A preference that this server does not know: it is older than ours.
    case "PGRST122": .setUp
    case "PGRST301", "PGRST302", "PGRST303": .denied
    // More rows than the caller allowed: rolled back.
    case "PGRST124": .limit
    default: nil
    }
  }

  private static func ofDatabase(_ code: String, _ status: Int, _ effect: Route.Effect) -> ServiceError.Kind? {
    switch code {
    case "23505", "23503", "23P01": return .conflict
    // Our own: a path that is being purged, a database in which deleting is not safe.
    case "SS001", "SS002": return .conflict
    // No table, column, function, index for ON CONFLICT; a policy that recurses.
    case "42P01", "42703", "42883", "42P10", "42P17", "3F000": return .setUp
    case "42501": return .denied
    case "22023" where status == 401: return .denied
    // The database takes no writes at present.
    case "25006": return effect == .writes ? .serviceDown : .invalid
    // Cancelled by the time limit: a smaller request may pass, the same one will not.
    case "57014": return .limit
    case "40001", "40P01", "55P03": return .retryable
    case "53400": return .limit
    default: break
    }
    return switch code.prefix(2) {
    case "08", "57": ServiceError.lost(effect)
    case "53": .retryable
    case "54": .limit
    case "0L", "0P", "28": .denied
    case "21", "22", "23", "42", "P0": .invalid
    default: nil
    }
  }
}
