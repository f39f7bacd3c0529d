import CurlHTTP
import FoundationEssentials

/// The error body of Storage, PostgREST or a gateway, whichever fields it has.
struct ErrorEnvelope: Decodable {
  /// Storage: the status it means, as a string; on some routes a number.
  private(set) var status: Int?
  private(set) var code: String?
  /// Storage's older label, sometimes the gateway's message.
  private(set) var error: String?
  private(set) var message: String?
  private(set) var details: String?
  private(set) var hint: String?

  private enum CodingKeys: String, CodingKey {
    case statusCode, code, error, message, msg, details, hint
  }

  /// Nil unless the body is a JSON object.
  init?(_ body: [UInt8]) {
    guard let envelope = try? JSONDecoder().decode(ErrorEnvelope.self, from: Data(body)) else { return nil }
    self = envelope
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ key: CodingKeys) -> String? {
      (try? container.decode(String.self, forKey: key))
        ?? (try? container.decode(Int.self, forKey: key)).map(String.init)
    }
    status = text(.statusCode).flatMap { Int($0) }
    code = text(.code).flatMap { Self.isCode($0) ? $0 : nil }
    error = text(.error)
    message = text(.message) ?? text(.msg)
    details = text(.details)
    hint = text(.hint)
  }

  /// One short word that is no key. Whatever else stands there is nobody's code, and codes are shown as they are.
  static func isCode(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count) && text.utf8.allSatisfy(PercentEncoding.isUnreserved)
      && MessageCleaner.clean(text) == text
  }
}
