import CommandTable
import Glibc
import StorageModel
import StorageRunning
import Synchronization
import Testing

@testable import SupastoreShell

@Suite struct ConsoleTests {
  private func console(
    _ streams: CapturedStreams, isJSON: Bool = false, isQuiet: Bool = false, isVerbose: Bool = false,
    canMoveCursor: Bool = false, now: @escaping @Sendable () -> Duration = { .zero }
  ) -> Console {
    Console(
      output: streams.outputTerminal, errorOutput: streams.errorTerminal(canMoveCursor: canMoveCursor), isJSON: isJSON,
      isQuiet: isQuiet, isVerbose: isVerbose, now: now)
  }

  @Test func `results go to standard output and everything else to standard error`() throws {
    let streams = try CapturedStreams()
    let console = console(streams, isVerbose: true)
    try console.result("a file")
    try console.result(["id": 1])
    try console.result(text: "line\nline\n")
    console.warning("odd", hint: "look")
    console.note("by the way")
    console.detail("in depth")
    console.error(ErrorReport(status: .failed, code: "x", message: "bad", hint: "run it again"))
    #expect(try streams.output == "a file\n{\"id\":1}\nline\nline\n")
    #expect(
      try streams.errors == """
        supastore: warning: odd
        supastore: hint: look
        supastore: by the way
        supastore: in depth
        supastore: error: bad
        supastore: hint: run it again

        """)
  }

  @Test func `quiet keeps warnings and errors only`() throws {
    let streams = try CapturedStreams()
    let console = console(streams, isQuiet: true, isVerbose: true, now: { .seconds(100) })
    console.note("by the way")
    console.detail("in depth")
    console.progress(Progress(fileCount: 1))
    console.warning("odd")
    console.error(ErrorReport(status: .failed, code: "x", message: "bad"))
    #expect(try streams.errors == "supastore: warning: odd\nsupastore: error: bad\n")
  }

  @Test func `details need verbose`() throws {
    let streams = try CapturedStreams()
    console(streams).detail("in depth")
    #expect(try streams.errors == "")
  }

  @Test func `names and texts of the server cannot steer the terminal`() throws {
    let streams = try CapturedStreams()
    let console = console(streams)
    try console.result("a\u{1B}[2Jb\nc\u{202E}")
    console.warning("from the server: \u{1B}]0;title\u{07}\nsupastore: error: forged", hint: "\u{9B}1m")
    #expect(try streams.output == "a\\x1b[2Jb\\x0ac\\xe2\\x80\\xae\n")
    #expect(
      try streams.errors == """
        supastore: warning: from the server: \\x1b]0;title\\x07\\x0asupastore: error: forged
        supastore: hint: \\xc2\\x9b1m

        """)
  }

  @Test func `an error is one line of JSON where JSON is wanted`() throws {
    let streams = try CapturedStreams()
    console(streams, isJSON: true).error(ErrorReport(StorageError(.tooLarge, "a \"b\"", retry: .soon)))
    #expect(
      try streams.errors
        == #"{"error":{"code":"too_large","message":"a \"b\"","hint":null,"retryable":true}}"# + "\n")
  }

  @Test func `a full disk is reported and a reader that has gone is not`() throws {
    let full = Terminal(descriptor: open("/dev/full", O_WRONLY | O_CLOEXEC))
    defer { close(full.descriptor) }
    #expect(throws: OutputError.notWritten(ENOSPC)) { try full.write("x") }
    #expect(
      OutputError.notWritten(ENOSPC).description == "standard output cannot be written: No space left on device")

    signal(SIGPIPE, SIG_IGN)
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    #expect(throws: OutputError.readerIsGone) { try Terminal(descriptor: ends[1]).write("x") }
  }

  @Test func `a line of progress is erased before anything else is printed`() throws {
    let streams = try CapturedStreams()
    let time = Mutex(Duration.zero)
    let console = console(streams, canMoveCursor: true, now: { time.withLock { $0 } })
    console.progress(Progress(fileCount: 1, byteCount: 10))
    try console.result("a file")
    console.progress(Progress(fileCount: 2, byteCount: 20))
    time.withLock { $0 = .milliseconds(150) }
    console.progress(Progress(fileCount: 3, byteCount: 30))
    console.warning("odd")
    console.endProgress()
    #expect(
      try streams.errors
        == "\r1 files, 10 B\u{1B}[K\r\u{1B}[K\r3 files, 30 B\u{1B}[K\r\u{1B}[Ksupastore: warning: odd\n")
    #expect(try streams.output == "a file\n")
  }

  @Test func `in a log progress is whole lines`() throws {
    let streams = try CapturedStreams()
    let time = Mutex(Duration.zero)
    let console = console(streams, now: { time.withLock { $0 } })
    for second in 0...12 {
      time.withLock { $0 = .seconds(second) }
      console.progress(Progress(fileCount: second, byteCount: 0))
    }
    #expect(try streams.errors == "supastore: 5 files, 0 B, 0 B/s\nsupastore: 10 files, 0 B, 0 B/s\n")
  }

  @Test(
    arguments: [
      ([:], false), (["TERM": "xterm"], false), (["COLUMNS": "132"], false),
    ] as [([String: String], Bool)])
  func `a file is no terminal whatever the environment says`(_ environment: [String: String], isStyled: Bool) throws {
    let descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let terminal = Terminal(descriptor: descriptor, environment: { environment[$0] })
    #expect(terminal.isStyled == isStyled && terminal.canMoveCursor == false)
    #expect(terminal.width == (environment["COLUMNS"] == nil ? 80 : 132))
  }

  @Test func `a terminal is styled unless it is dumb or colour is unwanted`() throws {
    var size = winsize(ws_row: 24, ws_col: 57, ws_xpixel: 0, ws_ypixel: 0)
    var (controller, descriptor): (CInt, CInt) = (-1, -1)
    try #require(openpty(&controller, &descriptor, nil, nil, &size) == 0)
    defer {
      close(controller)
      close(descriptor)
    }

    let plain = Terminal(descriptor: descriptor, environment: { ["TERM": "xterm", "COLUMNS": "132"][$0] })
    #expect(plain.isStyled && plain.canMoveCursor && plain.width == 57)
    let dumb = Terminal(descriptor: descriptor, environment: { ["TERM": "dumb"][$0] })
    #expect(!dumb.isStyled && !dumb.canMoveCursor)
    let colourless = Terminal(descriptor: descriptor, environment: { ["NO_COLOR": "1"][$0] })
    #expect(!colourless.isStyled && colourless.canMoveCursor)
    let empty = Terminal(descriptor: descriptor, environment: { ["NO_COLOR": ""][$0] })
    #expect(empty.isStyled)
  }
}
