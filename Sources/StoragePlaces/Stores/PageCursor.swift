internal import FoundationEssentials
public import StorageModel

/// A place in a list that is read in pages: behind one of its rows, in one order. Rows that come and go meanwhile move
/// nothing. Its text survives the program and means nothing to others; a later version may refuse it.
public struct PageCursor: Hashable, Sendable {
  private static let version = "1"

  /// Which list in which order: in another it means nothing.
  private let list: String
  /// What the row holds in the columns of the order, as the database wrote it; nil: NULL. The last one is unique.
  private let values: [String?]

  package init(in list: String, _ values: [String?]) {
    self.list = list
    self.values = values
  }

  /// The values of the row. Throws `.configuration` when the cursor is one of another list.
  package func values(in list: String) throws(StorageError) -> [String?] {
    guard list == self.list else {
      throw StorageError(
        .configuration, "the cursor belongs to a list of \(self.list), not of \(list)",
        hint: "give the same options as when it was printed")
    }
    return values
  }
}

extension PageCursor: LosslessStringConvertible {
  /// Nil unless it is the whole, undamaged text of a cursor of this version.
  public init?(_ description: String) {
    let standard = description.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: standard + padding), data.count > 4 else { return nil }
    let payload = Array(data.dropLast(4))
    guard Array(data.suffix(4)) == Self.checksum(payload), let text = String(validating: payload, as: UTF8.self) else {
      return nil
    }
    // No text of a database holds a NUL.
    let fields = text.split(separator: "\0", omittingEmptySubsequences: false)
    guard fields.count > 2, fields[0] == Self.version else { return nil }
    list = String(fields[1])
    // By bytes: a mark that begins a value would make one character with the sign.
    values = fields[2...].map {
      $0.utf8.first == UInt8(ascii: "=") ? String(decoding: $0.utf8.dropFirst(), as: UTF8.self) : nil
    }
  }

  /// Letters, digits, `-` and `_`.
  public var description: String {
    let fields = [Self.version, list] + values.map { $0.map { "=\($0)" } ?? "" }
    let payload = Array(fields.joined(separator: "\0").utf8)
    return Data(payload + Self.checksum(payload)).base64EncodedString().filter { $0 != "=" }
      .replacing("+", with: "-").replacing("/", with: "_")
  }

  /// FNV-1a: a cursor that was cut or mistyped is refused, not sent.
  private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    let sum = bytes.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
  }
}

extension PageCursor {
  /// Behind a row of a list of files.
  public init(after row: FileRow, in order: FileQuery.Order) {
    self.init(in: order.list, order.position(of: row))
  }

  package static let conversations = "conversations"
  package static let messages = "messages"

  /// Behind a conversation in a list of conversations.
  public init(after conversation: Conversation) {
    self.init(in: Self.conversations, [conversation.createdAt, conversation.id])
  }

  /// Before a message in a history.
  public init(before message: Message) {
    self.init(in: Self.messages, [message.createdAt, message.id])
  }
}

/// What a row holds in the columns of the order that it was asked for in, as the database wrote it; nil: NULL.
package typealias RowPosition = [String?]

extension FileQuery.Order {
  /// As cursors name it.
  package var list: String { "files by \(rawValue)" }

  /// What a row holds in the columns that it is ordered by, a unique one at the end.
  package func position(of row: FileRow) -> RowPosition {
    let id = row.id.description
    return switch self {
    case .newest, .oldest: [row.createdAt, id]
    case .name: [row.originalName, id]
    case .largest, .smallest: [row.byteCount.map { String($0) }, id]
    case .path: [row.storagePath]
    case .byID: [id]
    }
  }
}
