import Glibc
import StorageModel
import StorageRunning
import Testing

@testable import StorageEngine

@Suite struct RunLockTests {
  private func path(_ text: String) throws -> LocalPath { try #require(LocalPath(text)) }

  private func withPlace<Result>(_ body: (JournalPlace, StateDirectory) throws -> Result) throws -> Result {
    try withTemporaryDirectory { root in
      let state = try StateDirectory(at: root)
      return try body(JournalPlace(in: state, projectURL: "https://a.example"), state)
    }
  }

  @Test func `a second run is told who holds the lock and since when`() throws {
    try withPlace { place, _ in
      let earliest = Int64(time(nil))
      let first = try RunLock(at: place, roots: [path("/a"), path("/b")])
      #expect {
        try RunLock(at: place, roots: [path("/b"), path("/a")])
      } throws: { error in
        guard case .locked(pid: getpid(), since: let since?) = error as? StateError else { return false }
        return (earliest...Int64(time(nil))).contains(since)
      }
      withExtendedLifetime(first) {}
    }
  }

  @Test func `a lock that was let go is free, its file stays`() throws {
    try withPlace { place, _ in
      do { _ = try RunLock(at: place, roots: []) }
      let lock = try RunLock(at: place, roots: [])
      #expect(try place.lock(for: []).withCString { access($0, F_OK) } == 0)
      withExtendedLifetime(lock) {}
    }
  }

  @Test func `other roots and other projects are not held up`() throws {
    try withPlace { place, state in
      let first = try RunLock(at: place, roots: [path("/a")])
      let second = try RunLock(at: place, roots: [path("/a"), path("/b")])
      let third = try RunLock(at: JournalPlace(in: state, projectURL: "https://b.example"), roots: [path("/a")])
      withExtendedLifetime((first, second, third)) {}
    }
  }

  @Test func `a lock without a name on it is told as such`() throws {
    #expect(StateError.locked(pid: nil, since: nil).description == "another run holds the lock")
    #expect(
      StateError.locked(pid: 412, since: 1_763_906_700).description
        == "another run holds the lock: process 412, since 2025-11-23T14:05:00Z")
  }
}
