import Glibc
import StorageDigests
import StorageFiles
import StorageModel
import StorageRunning
import StorageSQLite
import Testing

@testable import StorageEngine

@Suite struct JournalTests {
  private static let start: Int64 = 1_700_000_000_000_000_000

  private func withPlace<Result>(_ body: (JournalPlace) throws -> Result) throws -> Result {
    try withTemporaryDirectory { root in
      try body(JournalPlace(in: StateDirectory(at: root.appending("state")), projectURL: "https://a.example"))
    }
  }

  private func status(_ inode: UInt64 = 7, age: Int64 = 10_000_000_000) -> FileStatus {
    FileStatus(device: .max, inode: inode, byteCount: 5, modified: -1, changed: Self.start - age)
  }

  private func digests(_ text: String, parts: Int? = nil) throws -> ContentDigests {
    let md5 = try MD5Digest.of(Array(text.utf8))
    return ContentDigests(
      byteCount: 5, sha256: try .of(Array(text.utf8)), md5: md5,
      multipart: parts.map { MultipartMD5(digest: md5, partCount: $0) })
  }

  @Test func `a file that is untouched is known again, also in a later run`() throws {
    try withPlace { place in
      let expected = try digests("hello", parts: 3)
      let journal = try Journal(at: place, startingAt: Self.start)
      #expect(try journal.digests(of: status()) == nil)
      try journal.record([(status(), expected), (status(8), digests("other"))])
      #expect(try journal.digests(of: status()) == expected)
      #expect(try Journal(at: place).digests(of: status()) == expected)
      #expect(try Journal(at: place).digests(of: status(8)) == digests("other"))
    }
  }

  @Test func `a file whose status differs in anything is not known`() throws {
    try withPlace { place in
      let journal = try Journal(at: place, startingAt: Self.start)
      try journal.record([(status(), digests("hello"))])
      let changes: [(inout FileStatus) -> Void] = [
        { $0.device = 1 }, { $0.inode = 1 }, { $0.byteCount = 6 }, { $0.modified = 0 }, { $0.changed += 1 },
      ]
      for change in changes {
        var other = status()
        change(&other)
        #expect(try journal.digests(of: other) == nil)
      }
    }
  }

  @Test func `a file that changed within two seconds of the run, or during it, is not remembered`() throws {
    try withPlace { place in
      let journal = try Journal(at: place, startingAt: Self.start)
      for age: Int64 in [2_000_000_000, 0, -5_000_000_000] {
        try journal.record([(status(age: age), digests("hello"))])
        #expect(try journal.digests(of: status(age: age)) == nil)
      }
      try journal.record([(status(age: 2_000_000_001), digests("hello"))])
      #expect(try journal.digests(of: status(age: 2_000_000_001)) != nil)
    }
  }

  @Test func `what is recorded again replaces what was`() throws {
    try withPlace { place in
      let journal = try Journal(at: place, startingAt: Self.start)
      try journal.record([(status(), digests("hello"))])
      try journal.record([(status(), digests("later"))])
      #expect(try journal.digests(of: status()) == digests("later"))
    }
  }

  @Test func `projects do not see each other's files`() throws {
    try withTemporaryDirectory { root in
      let state = try StateDirectory(at: root.appending("state"))
      let first = JournalPlace(in: state, projectURL: "https://a.example")
      try Journal(at: first, startingAt: Self.start).record([(status(), digests("hello"))])
      let other = try Journal(at: JournalPlace(in: state, projectURL: "https://b.example"))
      #expect(try other.digests(of: status()) == nil)
      #expect(try !first.journal().description.contains("example"))
    }
  }

  @Test func `a damaged journal, or one of another version, begins anew`() throws {
    try withPlace { place in
      try place.journal().write(String(repeating: "no database ", count: 1000))
      let journal = try Journal(at: place, startingAt: Self.start)
      try journal.record([(status(), digests("hello"))])
      #expect(try Journal(at: place).digests(of: status()) != nil)

      let newer = Schema(applicationID: 0x5355_504a, version: 99, creation: "CREATE TABLE x (y)")
      try #require(place.journal().withCString { unlink($0) } == 0)
      _ = try Database(.file(place.journal().bytes), schema: newer)
      #expect(try Journal(at: place).digests(of: status()) == nil)
    }
  }

  @Test func `another program's database is left alone`() throws {
    try withPlace { place in
      _ = try Database(
        .file(place.journal().bytes), schema: Schema(applicationID: 7, version: 1, creation: "CREATE TABLE x (y)"))
      #expect(throws: StateError.database(try place.journal(), .foreign(applicationID: 7))) { try Journal(at: place) }
    }
  }

  @Test func `directories and files are for their owner alone`() throws {
    try withPlace { place in
      _ = try Journal(at: place)
      _ = try RunLock(at: place, roots: [])
      for (path, mode) in [(place.directory, 0o700), (try place.journal(), 0o600), (try place.lock(for: []), 0o600)] {
        var status = stat()
        try #require(path.withCString { stat($0, &status) } == 0)
        #expect(status.st_mode & 0o777 == mode)
      }
    }
  }
}
