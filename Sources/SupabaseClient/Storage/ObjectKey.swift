/// The path of an object inside its bucket, e.g. `reports/2026/q1.pdf`, as whoever stored it chose it: other clients may
/// have taken names that nothing here would choose.
package struct ObjectKey: Hashable, Sendable {
  package let path: String

  package init(_ path: String) {
    self.path = path
  }

  /// Whether the path arrives unchanged: clients and gateways fold empty and dot segments.
  static func hasPlainSegments(_ path: String) -> Bool {
    path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
  }
}
