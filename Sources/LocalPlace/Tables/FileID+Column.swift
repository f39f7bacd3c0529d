internal import StorageModel
internal import StorageSQLite

extension FileID {
  init(column text: String) throws(SQLiteError) {
    guard let id = FileID(text) else { throw .damaged("an id that is none") }
    self = id
  }
}
