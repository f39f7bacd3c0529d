internal import Glibc

/// One of the standard streams, and what it leads to.
package struct Terminal: Sendable {
  let descriptor: CInt
  /// Whether a line can be drawn again in place.
  let canMoveCursor: Bool
  /// Whether bold is wanted.
  package let isStyled: Bool
  package let width: Int
  /// Whether somebody looks at it, rather than a file or a program reading it.
  let isTerminal: Bool

  package init(
    descriptor: CInt, isTerminal: Bool = false, canMoveCursor: Bool = false, isStyled: Bool = false, width: Int = 80
  ) {
    self.descriptor = descriptor
    self.isTerminal = isTerminal
    self.canMoveCursor = canMoveCursor
    self.isStyled = isStyled
    self.width = width
  }

  /// Finds out what `descriptor` leads to. `environment` answers for `TERM`, `NO_COLOR` and `COLUMNS`.
  package init(descriptor: CInt, environment: (String) -> String?) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    canMoveCursor = isTerminal && environment("TERM") != "dumb"
    isStyled = canMoveCursor && (environment("NO_COLOR") ?? "").isEmpty
    let columns = environment("COLUMNS").flatMap(Int.init).flatMap { (20...1000).contains($0) ? $0 : nil }
    width = Self.width(of: descriptor) ?? columns ?? 80
  }

  /// As the kernel knows it; `nil` where there is no terminal or it does not say.
  private static func width(of descriptor: CInt) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Writes everything, or says why not.
  package func write(_ text: String) throws(OutputError) {
    var text = text
    // `withUTF8` would widen the error's type.
    let failure = text.withUTF8 { buffer -> OutputError? in
      do throws(OutputError) {
        try write(UnsafeRawBufferPointer(buffer))
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, start, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno == EAGAIN {
        // Somebody else's end of the pipe made it non-blocking.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        throw errno == EPIPE ? .readerIsGone : .notWritten(errno)
      }
    }
  }
}
