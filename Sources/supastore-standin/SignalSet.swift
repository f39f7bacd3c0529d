import Glibc

/// Signals that are waited for rather than handled. To be made before any thread is started.
struct SignalSet {
  private var signals = sigset_t()

  init(blocking numbers: [Int32]) {
    sigemptyset(&signals)
    for number in numbers { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// The next signal, and whether the terminal sent it (to the whole process group).
  mutating func next() -> (number: Int32, isFromTerminal: Bool) {
    var info = siginfo_t()
    while true {
      let number = sigwaitinfo(&signals, &info)
      if number > 0 { return (number, info.si_code == Int32(SI_KERNEL)) }
    }
  }
}
