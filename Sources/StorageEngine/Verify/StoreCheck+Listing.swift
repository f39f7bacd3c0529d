internal import StorageModel
internal import StoragePlaces

extension StoreCheck {
  /// Lists all objects, then all rows: a file that is stored meanwhile is met as a row at the worst, for which asking
  /// again takes the least.
  func list(into index: CheckIndex, _ tally: inout CheckTally) async throws(StorageError) {
    for bucket in Bucket.allCases {
      // The list of a bucket that is not there is an empty one.
      guard try await project.objects.bucket(bucket.name) != nil else {
        throw StorageError(.setup, "bucket \(bucket.name) does not exist", hint: "run `supastore setup`")
      }
      tally.summary.objectCount += try await listObjects(of: bucket.name, into: index)
    }
    tally.summary.rowCount = try await listRows(into: index)
  }

  private func listObjects(of bucket: String, into index: CheckIndex) async throws(StorageError) -> Int {
    var count = 0
    var key: String?
    while true {
      try checkStop()
      let page = try await project.objects.objects(in: bucket, prefix: "", after: key)
      try await index.note(page.objects, in: bucket)
      count += page.objects.count
      if page.isLast { return count }
      guard let last = page.objects.last?.key, last != key else {
        throw .incomplete("the list of bucket \(bucket) goes on without naming anything")
      }
      key = last
    }
  }

  private func listRows(into index: CheckIndex) async throws(StorageError) -> Int {
    let query = FileQuery()
    let isRead: @Sendable (FileID) -> Bool = { [options] id in
      options.reading?.includes(id, on: options.day) ?? false
    }
    let atStart = try await project.rows.count(query)
    var count = 0
    var cursor: PageCursor?
    while true {
      try checkStop()
      let page = try await project.rows.files(matching: query, after: cursor)
      try await index.note(page.elements, reading: isRead)
      count += page.elements.count
      // However short a page is, the last one is where the service counts no more.
      if page.isLast { break }
      guard let last = page.elements.last else {
        throw .incomplete("\(page.followingCount) more rows are counted, and none is handed out")
      }
      cursor = PageCursor(after: last, in: query.order)
    }
    let atEnd = try await project.rows.count(query)
    guard count >= min(atStart, atEnd) else {
      throw .incomplete("\(count) rows were handed out, of \(atStart) at the start and \(atEnd) at the end")
    }
    return count
  }
}

extension StorageError {
  /// What was listed is not all that there is, so nothing follows from what is not in it.
  fileprivate static func incomplete(_ message: String) -> StorageError {
    StorageError(.rejected, "a list is not complete: \(message)", hint: "run the same command again")
  }
}
