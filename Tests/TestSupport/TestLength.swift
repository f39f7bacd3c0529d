import Glibc

/// How much a test run tries of what can be tried any number of times: of random orders, names and moments, and of long
/// enumerations. `scripts/test --long` sets `LONG_TESTS`.
package enum TestLength {
  private static let isLong = getenv("LONG_TESTS") != nil

  package static func count(_ usual: Int, long: Int) -> Int { isLong ? long : usual }
}
