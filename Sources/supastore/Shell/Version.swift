/// The release this is built from.
enum Version {
  static let number = "0.1.0"
  static let line = "supastore \(number)"
}
