/// `1 file`, `2 files`; `1 entry`, `2 entries` where the plural is given.
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
