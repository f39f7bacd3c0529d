import CurlHTTP
import Synchronization

/// Keeps what it is given, up to a limit.
final class Receiver: BodyReceiver {
  private let limit: Int
  private let takesHead: Bool
  private let keeps: Bool
  private let state = Mutex<(heads: [String], content: [UInt8])>(([], []))

  init(limit: Int, takesHead: Bool = true, keeps: Bool = true) {
    self.limit = limit
    self.takesHead = takesHead
    self.keeps = keeps
  }

  /// Status and the field `X-A` of every head.
  var heads: [String] { state.withLock { $0.heads } }
  var content: [UInt8] { state.withLock { $0.content } }

  func begin(status: Int, headers: [HTTPField]) -> Bool {
    let field = headers.first { $0.name == "X-A" }?.value ?? ""
    state.withLock { $0.heads.append("\(status) \(field)") }
    return takesHead
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if !keeps { return true }
    return state.withLock { state in
      guard state.content.count + bytes.count <= limit else { return false }
      state.content += bytes
      return true
    }
  }
}
