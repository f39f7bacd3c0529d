package import StorageFormats

extension ByteSize: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(text)
  }

  public static var kind: ValueKind { .size }

  /// In the largest unit that divides it: `6MiB`, `500B`.
  public var argumentText: String {
    var (count, unit) = (byteCount, "B")
    for name in Self.binaryUnits where count > 0 && count % 1024 == 0 {
      (count, unit) = (count / 1024, name)
    }
    return "\(count)\(unit)"
  }
}
