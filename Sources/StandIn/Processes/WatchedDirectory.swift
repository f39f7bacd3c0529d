import CSupastoreLinux
import Glibc

/// A new directory under /tmp that goes away with this process, even when the process is killed: a small shell waits
/// for the end of a pipe that only this process holds open.
package final class WatchedDirectory: Sendable {
  package let path: String
  private let watchdog: ChildProcess
  private let heldEnd: Int32

  package init(prefix: String) throws(ProcessError) {
    var template = Array("/tmp/\(prefix)-XXXXXX".utf8CString)
    var ends: [Int32] = [0, 0]
    guard mkdtemp(&template) != nil, pipe2(&ends, O_CLOEXEC) == 0 else {
      throw ProcessError(description: "cannot make a directory in /tmp: \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(path, 0o755)  // user postgres has to pass through
    // PostgreSQL may still be ending, hence the tries.
    let script = "read -r line; for n in 1 2 3 4 5 6 7 8 9; do rm -rf -- \"$0\" 2>&1 && exit; sleep 0.3; done"
    watchdog = try ChildProcess(["/bin/sh", "-c", script, path], descriptors: [ends[0], -1, -1], isDetached: true)
    close(ends[0])
    heldEnd = ends[1]
  }

  /// Removes the directory. To be called once, when nothing in it is in use any more.
  package func remove() {
    close(heldEnd)
    watchdog.wait()
  }
}
