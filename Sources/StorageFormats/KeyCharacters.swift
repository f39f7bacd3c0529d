extension Unicode.Scalar {
  /// Whether Supabase Storage takes it in an object's key: exactly what the server's own check lets through. `/` separates
  /// segments.
  @inlinable package var isAcceptedInKeys: Bool {
    switch self {
    case "A"..."Z", "a"..."z", "0"..."9", "_", "/", "!", ".", "*", "'", "(", ")", " ", "&", "$", "@", "=", ";", ":",
      "+", ",", "?", "-":
      true
    default: false
    }
  }
}
