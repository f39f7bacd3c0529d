internal import StorageFormats

/// The form of time in HTTP fields: `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Seconds since 1970; nil when it is no such time. The day of the week is not looked at.
  package static func seconds(_ text: String) -> Int64? {
    let parts = text.split { $0 == " " || $0 == ":" || $0 == "," }
    guard parts.count == 8, parts[7] == "GMT", let month = months.firstIndex(where: { $0 == parts[2] }),
      let year = Int(parts[3]), let day = Int(parts[1]), let date = CivilDate(year: year, month: month + 1, day: day),
      let hour = Int64(parts[4]), let minute = Int64(parts[5]), let second = Int64(parts[6]),
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    return date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
  }
}
