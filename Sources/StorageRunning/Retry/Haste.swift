#if DEBUG
  internal import Glibc
#endif

/// How much sooner than usual a service in trouble is asked again, and given up. In debug builds tests set it, so as not
/// to wait for what is not there; in release builds nothing of it is left.
enum Haste {
  /// From `STORAGECORE_PATIENCE`, in milliseconds: in place of `Retrier.patience`.
  static let patience = number("STORAGECORE_PATIENCE").map { Duration.milliseconds($0) }
  /// From `STORAGECORE_HASTE`: waits between attempts are so many times shorter. They are as many as ever.
  static let factor = number("STORAGECORE_HASTE").map { max(1, $0) } ?? 1

  private static func number(_ name: String) -> Int? {
    #if DEBUG
      getenv(name).flatMap { Int(String(cString: $0)) }
    #else
      nil
    #endif
  }
}
