internal import StorageModel
internal import SupabaseClient

extension Timestamp {
  /// The field `Date` of an answer over HTTP; nil when it is none.
  init?(httpDate text: String) {
    guard let seconds = HTTPDate.seconds(text) else { return nil }
    self.init(microseconds: seconds * 1_000_000)
  }
}
