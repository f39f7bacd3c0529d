import CurlHTTP
import FoundationEssentials

extension Route {
  /// The body of a successful answer; anything else than the JSON meant is an answer of unknown outcome.
  func decode<Value: Decodable>(_ type: Value.Type, from reply: HTTPReply) throws(ServiceError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(reply.body))
    } catch {
      let looks = MessageCleaner.text(of: Array(reply.body.prefix(200)))
      throw ServiceError(
        unreadable: reply, of: self,
        reply.body.isEmpty ? "an empty body" : looks.hasPrefix("an HTML") ? looks : "not the JSON meant")
    }
  }
}
