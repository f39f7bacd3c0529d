package import StorageModel

/// So many objects at most are asked about one by one.
package let singleQuestionLimit = 2

extension ObjectStore {
  /// Adds what the service says of the objects under `keys`, those that there are. Asks one by one when they are few, else
  /// by listing the stretch of keys they lie in. What was found before an error stays.
  package func describe(
    _ keys: [String], in bucket: String, into found: inout [String: StoredObject]
  ) async throws(StorageError) {
    if keys.count > singleQuestionLimit { _ = try await list(keys, in: bucket, into: &found) }
    for key in keys where found[key] == nil {
      found[key] = try await object(key, in: bucket)
    }
  }

  /// The same by listing alone, for a few pages: objects of others may lie between, and beyond those pages asking one by
  /// one is cheaper.
  /// - Returns: the keys of which nothing was learnt.
  package func list(
    _ keys: [String], in bucket: String, into found: inout [String: StoredObject]
  ) async throws(StorageError) -> Set<String> {
    let sorted = keys.sorted { $0.precedes($1) }
    guard let first = sorted.first, let last = sorted.last else { return [] }
    let wanted = Set(keys)
    // What precedes the first key by the least: the key without its last byte.
    var after = String(first.dropLast())
    for _ in 0..<(keys.count / 1000 + 3) {
      let page = try await objects(in: bucket, prefix: commonPrefix(first, last), after: after)
      for object in page.objects where wanted.contains(object.key) { found[object.key] = object }
      guard !page.isLast, let end = page.objects.last?.key, end.precedes(last) else { return [] }
      after = end
    }
    return wanted.filter { after.precedes($0) }
  }
}

private func commonPrefix(_ first: String, _ last: String) -> String {
  let pairs = zip(first.utf8, last.utf8).prefix { $0 == $1 }
  return String(decoding: pairs.map(\.0), as: UTF8.self)
}

extension String {
  /// In the order of the service's lists, which is that of bytes.
  fileprivate func precedes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
