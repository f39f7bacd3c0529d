internal import FoundationEssentials
internal import StorageFormats
internal import StorageModel
internal import StorageSQLite

extension JSONValue {
  /// As a column holds it: members sorted by their names.
  var text: String {
    var writer = JSONWriter()
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  init(column text: String) throws(SQLiteError) {
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    } catch {
      throw .damaged("a column whose JSON cannot be read")
    }
  }
}
