internal import Glibc
public import StorageModel

extension PathPatterns {
  /// The patterns in a file such as `.gitignore`, one a line. Empty lines count for nothing, nor do those that begin with
  /// `#`, nor spaces at a line's end unless a backslash is in front. Throws `.configuration` when the file cannot be read.
  public static func lines(of path: LocalPath) throws(StorageError) -> [String] {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try contents(of: FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK), named: path)
    } catch {
      throw StorageError(.configuration, error.description, hint: "name a file that holds one pattern a line")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw StorageError(.configuration, "\(path) is not in UTF-8", hint: "name a file that holds one pattern a line")
    }
    // As git has it: a line ends at LF, or CR LF, and at nothing else; a byte order mark is none of the first pattern.
    let marked = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
    return marked.split(separator: "\n").compactMap { line in
      var pattern = Substring(line.last == "\r" ? line.dropLast() : line)
      while pattern.last == " ", pattern.dropLast().last != "\\" { pattern.removeLast() }
      return pattern.isEmpty || pattern.first == "#" ? nil : String(pattern)
    }
  }
}
