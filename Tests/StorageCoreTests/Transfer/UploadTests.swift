import Glibc
import StandIn
import StorageEngine
import StorageModel
import TestSupport
import Testing

@Suite(.standIn(per: .test)) struct UploadTests {
  private func upload(_ fixture: MigrationFixture, _ name: String, in conversation: String? = "c1") async throws
    -> FileOutcome
  {
    try await fixture.open { open in
      var options = UploadOptions()
      options.continuationID = conversation
      return try await open.upload(.file(LocalPath(checked: Array(fixture.tree[name].utf8))), options)
    }
  }

  @Test func `a file is stored, and found unchanged the next time`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.tree.write("one".utf8, to: "a.txt")
    #expect(try await upload(fixture, "a.txt").status == .stored)
    fixture.project.forgetRequests()
    #expect(try await upload(fixture, "a.txt").status == .unchanged)
    #expect(fixture.uploadCount() == 0)
    #expect(try fixture.counts() == [1, 1, 1])
    #expect(try await fixture.migrate().summary.counts == [.unchanged: 1])
  }

  @Test func `without a conversation there is no link`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.tree.write("one".utf8, to: "a.txt")
    let outcome = try await upload(fixture, "a.txt", in: nil)
    #expect(outcome.storagePath?.hasPrefix("uploads/unfiled/") == true)
    #expect(try await upload(fixture, "a.txt", in: nil).status == .unchanged)
    #expect(try fixture.counts() == [1, 1, 0])
  }

  @Test func `a file that cannot be stored makes no conversation`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.project.query("update storage.buckets set file_size_limit = 2")
    try fixture.tree.write("one".utf8, to: "a.txt")
    #expect(try await upload(fixture, "a.txt").error?.code == .tooLarge)
    #expect(try await upload(fixture, "none").error?.code == .unreadable)
    #expect(try fixture.project.query("select count(*) from conversations") == [["0"]])
  }

  @Test func `an object removed meanwhile is sent again, wrong bytes are replaced`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.tree.write("one".utf8, to: "a.txt")
    _ = try await upload(fixture, "a.txt")
    try fixture.removeObjects(like: "%")
    #expect(try await upload(fixture, "a.txt").status == .stored)
    #expect(try fixture.counts() == [1, 1, 1])
    fixture.project.add(Fault(.corrupt, on: Disturbance.upload))
    try fixture.tree.write("two".utf8, to: "b.txt")
    let outcome = try await upload(fixture, "b.txt")
    #expect(outcome.status == .stored)
    #expect(outcome.reason == "other bytes lay on its path and were replaced")
  }

  @Test(.timeLimit(.minutes(5)))
  func `a cancelled task does not wait for a descriptor that yields nothing more`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (reader, writer) = (ends[0], ends[1])
    defer { for end in [reader, writer] { close(end) } }
    let error = try await fixture.open { open in
      try await withThrowingTaskGroup(of: StorageError?.self) { group in
        group.addTask {
          do throws(StorageError) {
            _ = try await open.upload(
              .descriptor(reader, label: LocalPath("-") ?? .empty, name: LocalPath("n") ?? .empty))
            return nil
          } catch {
            return error
          }
        }
        // More than a pipe holds: once it is written, most of it was read.
        let written = try await onOwnThread { write(writer, [UInt8](repeating: 1, count: 200_000), 200_000) }
        #expect(written == 200_000)
        group.cancelAll()
        return try await group.next() ?? nil
      }
    }
    #expect(error?.code == .interrupted)
    #expect(try fixture.counts() == [0, 0, 0])
  }

  @Test func `content that is long in coming holds up no other`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    var (slow, quick): ([Int32], [Int32]) = ([0, 0], [0, 0])
    #expect(pipe(&slow) == 0 && pipe(&quick) == 0)
    defer { for descriptor in slow + quick where descriptor >= 0 { close(descriptor) } }
    #expect(write(quick[1], "quick", 5) == 5)
    close(quick[1])
    quick[1] = -1
    func source(_ number: Int32, _ name: String) -> UploadSource {
      .descriptor(number, label: LocalPath(checked: [0x2d]), name: LocalPath(checked: Array(name.utf8)))
    }
    let (slowSource, quickSource) = (source(slow[0], "slow"), source(quick[0], "quick"))
    try await fixture.open { open in
      async let first = open.upload(slowSource)
      // Its content has not come, and nothing says that it ever will.
      let second = try await open.upload(quickSource)
      #expect(second.status == .stored)
      #expect(write(slow[1], "slow", 4) == 4)
      close(slow[1])
      slow[1] = -1
      let late = try await first
      #expect(late.status == .stored)
    }
  }
}
