/// The release this is built from.
package enum Version {
  package static let number = "0.1.0"
  package static let line = "supastore \(number)"
}
