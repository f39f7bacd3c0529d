internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient

extension FileQuery {
  /// What the rows themselves must hold.
  var filters: [Filter] {
    var filters: [Filter] = []
    if let type { filters.append(.eq("file_type", type.rawValue)) }
    if let pathPrefix { filters.append(.text("storage_path", TextPattern(pathPrefix, at: .start))) }
    if let name { filters.append(.eq("original_name", name)) }
    if let search { filters.append(.text("original_name", TextPattern(search, at: .anywhere, ignoringCase: true))) }
    switch mediaTypes {
    case .exactly(let type): filters.append(.eq("mime_type", type))
    case .all(let kind): filters.append(.text("mime_type", TextPattern("\(kind)/", at: .start)))
    case nil: break
    }
    if let createdSince { filters.append(.gte("created_at", createdSince.description)) }
    if let createdUntil { filters.append(.lt("created_at", createdUntil.description)) }
    if let minimumByteCount {
      // The column is an integer of 32 bits, and a larger operand is an error.
      let isBeyond = minimumByteCount > FileRow.byteCountLimit
      filters.append(
        isBeyond ? .gt("size_bytes", "\(FileRow.byteCountLimit)") : .gte("size_bytes", "\(minimumByteCount)"))
    }
    if let maximumByteCount { filters.append(.lte("size_bytes", "\(min(maximumByteCount, FileRow.byteCountLimit))")) }
    return filters
  }

  /// Whether a row can be one that was asked for, as far as it tells.
  func mayHold(_ row: FileRow) -> Bool {
    if let type, row.type != type { return false }
    if let pathPrefix, !row.storagePath.utf8.starts(with: pathPrefix.utf8) { return false }
    if let name, !row.originalName.utf8.elementsEqual(name.utf8) { return false }
    switch mediaTypes {
    case .exactly(let type): if row.mediaType != type { return false }
    case .all(let kind): if !(row.mediaType?.utf8.starts(with: "\(kind)/".utf8) ?? false) { return false }
    case nil: break
    }
    if let minimumByteCount, row.byteCount ?? -1 < minimumByteCount { return false }
    if let maximumByteCount, row.byteCount ?? .max > maximumByteCount { return false }
    if createdSince != nil || createdUntil != nil {
      guard let created = row.createdAt.flatMap({ Timestamp($0) }) else { return false }
      if let createdSince, created < createdSince { return false }
      if let createdUntil, created >= createdUntil { return false }
    }
    return true
  }

  /// That they are linked to the conversation, or to none.
  var junction: Junction? {
    if isUnlinked { return Junction(without: "conversation_files") }
    return conversation.map { Junction("conversation_files", where: "conversation_id", is: $0.id) }
  }
}

extension FileQuery.Order {
  /// With a unique column at its end; the columns whose values a cursor holds.
  var terms: [RowOrder] {
    switch self {
    case .newest: [.descending("created_at"), .descending("id")]
    case .oldest: [.ascending("created_at"), .ascending("id")]
    case .name: [.ascending("original_name"), .ascending("id")]
    case .largest: [.descending("size_bytes"), .ascending("id")]
    case .smallest: [.ascending("size_bytes"), .ascending("id")]
    case .path: [.ascending("storage_path")]
    case .byID: [.ascending("id")]
    }
  }
}
