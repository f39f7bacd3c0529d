extension StorageError {
  /// An answer that is none to what was asked: of a cache that serves another query's rows, a gateway that drops filters, a
  /// body that was cut. It may be right the next time it is asked for; whether a change was made is not known.
  /// - Parameter isRepeatable: false for what may have changed something.
  package static func unexpectedAnswer(_ what: String, isRepeatable: Bool = true) -> StorageError {
    StorageError(
      .unexpectedAnswer, "unexpected answer: \(what)",
      hint: hintOfUnexpectedAnswer, retry: isRepeatable ? .once : .never)
  }

  package static let hintOfUnexpectedAnswer =
    "something between answered, or changed the answer: look at proxies, gateways and caches on the way"
}
