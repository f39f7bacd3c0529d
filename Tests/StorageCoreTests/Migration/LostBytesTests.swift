import StandIn
import StorageEngine
import StorageModel
import StoragePlaces
import StorageRunning
import Synchronization
import TestSupport
import Testing

/// A service that lists objects whose bytes it lost: no such file is ever called stored or unchanged.
@Suite(.timeLimit(.minutes(5))) struct LostBytesTests {
  private static let losses: [Fault.Action] = [.loseBytes, .loseBytesUnanswered]
  private static let fileCount = 24

  private func fixture() async throws -> MigrationFixture {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<Self.fileCount - 1)
    try fixture.tree.write([], to: "empty")
    fixture.project.forgetRequests()
    return fixture
  }

  /// Expects that all is stored, and can be had.
  private func expectEverything(_ fixture: MigrationFixture) async throws {
    let contents = try await fixture.downloadEverything()
    #expect(contents.count == Self.fileCount)
    #expect(contents[LocalPath(checked: Array("f3.txt".utf8))] == Array("file 3".utf8))
    #expect(contents[LocalPath(checked: Array("empty".utf8))] == [])
  }

  /// Takes the bytes of some stored files away.
  private func lose(_ names: [String], of fixture: MigrationFixture) throws {
    for name in names {
      let path = try fixture.project.query("select storage_path from files where original_name = $1", name)[0][0]
      try fixture.project.removeBlob(bucket: "user-files", key: path ?? "")
    }
  }

  private func migrateWithLosses(_ action: Fault.Action) async throws {
    let fixture = try await fixture()
    fixture.project.add(Fault(action, on: Disturbance.upload, nth: 3, count: 6))
    fixture.project.add(Fault(action, on: Disturbance.upload, nth: 15, count: 3))

    let (summary, _) = try await fixture.migrate()

    #expect(summary.counts == [.stored: Self.fileCount])
    try await expectEverything(fixture)
    fixture.project.forgetRequests()
    let (again, _) = try await fixture.migrate()
    #expect(again.counts == [.unchanged: Self.fileCount] && again.sentByteCount == 0)
    #expect(fixture.project.requestCount <= 12)
  }

  @Test(.standIn(per: .test), arguments: losses)
  func `what is lost on the way is sent again, on the file back end`(_ action: Fault.Action) async throws {
    try await migrateWithLosses(action)
  }

  @Test(.standIn(per: .test, etags: .multipart), arguments: losses)
  func `what is lost on the way is sent again, on S3`(_ action: Fault.Action) async throws {
    try await migrateWithLosses(action)
  }

  @Test(.standIn(per: .test), arguments: losses)
  func `while every upload is lost nothing is stored, and a second run mends all`(_ action: Fault.Action) async throws {
    let fixture = try await fixture()
    fixture.project.add(Fault(action, on: Disturbance.upload, count: 0))
    let (summary, files) = try await fixture.migrate()
    #expect(summary.counts[.stored] == nil && summary.counts[.unchanged] == nil)
    #expect(files.allSatisfy { $0.status == .failed })
    fixture.project.removeFaults()
    #expect(try await fixture.migrate().summary.counts == [.stored: Self.fileCount])
    try await expectEverything(fixture)
  }

  private func findOnAnotherMachine() async throws {
    let fixture = try await fixture()
    _ = try await fixture.migrate()
    try lose(["f1.txt", "f2.txt", "empty"], of: fixture)
    let other = try TestSupport.TemporaryDirectory()
    fixture.project.forgetRequests()

    let (summary, files) = try await fixture.migrate(state: other)

    #expect(summary.counts == [.stored: 3, .unchanged: Self.fileCount - 3])
    let mended = files.filter { $0.status == .stored }
    #expect(Set(mended.map(\.originalName)) == ["f1.txt", "f2.txt", "empty"])
    #expect(mended.allSatisfy { $0.reason?.contains("lost its bytes") == true })
    #expect(fixture.uploadCount() == 3)
    try await expectEverything(fixture)
    fixture.project.forgetRequests()
    #expect(try await fixture.migrate(state: other).summary.counts == [.unchanged: Self.fileCount])
    #expect(fixture.project.requestCount <= 12)
  }

  @Test(.standIn(per: .test)) func `a new machine asks for bytes once, on the file back end`() async throws {
    try await findOnAnotherMachine()
  }

  @Test(.standIn(per: .test, etags: .multipart)) func `a new machine asks for bytes once, on S3`() async throws {
    try await findOnAnotherMachine()
  }

  @Test(.standIn(per: .test)) func `the plan of a new machine counts what it asks`() async throws {
    let fixture = try await fixture()
    _ = try await fixture.migrate()
    #expect(try await fixture.plan().askCount == 0)
    fixture.project.forgetRequests()
    let other = try TestSupport.TemporaryDirectory()
    let plan = try await fixture.open(in: other) { open in
      try await Migration(open, options: .init(), stop: StopSignal()).plan(try fixture.roots)
    }
    #expect(plan.askCount == Self.fileCount && plan.sendCount == 0 && plan.unchangedCount == Self.fileCount)
    fixture.project.forgetRequests()
    let (summary, _) = try await fixture.migrate(state: other)
    #expect(summary.counts == [.unchanged: Self.fileCount])
    #expect(fixture.project.requestCount <= plan.requestCount && plan.requestCount <= Self.fileCount + 12)
  }

  @Test(.standIn(per: .test)) func `an object written since is asked again`() async throws {
    let fixture = try await fixture()
    _ = try await fixture.migrate()
    try lose(["f5.txt"], of: fixture)
    // As when another program wrote it and the service lost that.
    try fixture.project.query(
      "update storage.objects set metadata = metadata where name like '%/f5.%'")
    let (summary, files) = try await fixture.migrate()
    #expect(summary.counts == [.stored: 1, .unchanged: Self.fileCount - 1])
    #expect(files.first { $0.status == .stored }?.originalName == "f5.txt")
    try await expectEverything(fixture)
  }

  @Test(.standIn(per: .test)) func `a listing can be trusted, but not for an upload of the same run`() async throws {
    let fixture = try await fixture()
    _ = try await fixture.migrate()
    try lose(["f1.txt"], of: fixture)
    let other = try TestSupport.TemporaryDirectory()
    let (trusting, files) = try await fixture.migrate(.init(trustsListing: true), state: other)
    #expect(trusting.counts == [.unchanged: Self.fileCount] && trusting.trustedCount == Self.fileCount)
    #expect(files.allSatisfy { $0.wasTrusted && $0.reason != nil })
    // Nothing of it is remembered.
    try fixture.writeFiles(100..<103)
    fixture.project.add(Fault(.loseBytes, on: Disturbance.upload, nth: 1, count: 2))
    let (mixed, _) = try await fixture.migrate(.init(trustsListing: true), state: other)
    #expect(mixed.counts == [.stored: 3, .unchanged: Self.fileCount] && mixed.trustedCount == Self.fileCount)
    let (last, _) = try await fixture.migrate(state: other)
    #expect(last.counts == [.stored: 1, .unchanged: Self.fileCount + 2] && last.trustedCount == 0)
  }

  @Test(.standIn(per: .test)) func `a service without its database has not lost anything`() async throws {
    let fixture = try await fixture()
    _ = try await fixture.migrate()
    var fault = Fault(.status, on: "GET /storage/v1/object/*", count: 0)
    fault.status = 503
    fixture.project.add(fault)
    let other = try TestSupport.TemporaryDirectory()
    let (summary, files) = try await fixture.migrate(state: other)
    #expect(summary.counts[.stored] == nil && summary.counts[.unchanged] == nil)
    #expect(files.allSatisfy { $0.error?.code == .unreachable })
    #expect(fixture.uploadCount() == Self.fileCount, "nothing was sent again")
    fixture.project.removeFaults()
    #expect(try await fixture.migrate(state: other).summary.counts == [.unchanged: Self.fileCount])
  }

  // MARK: a path that a person chose

  @Test(.standIn(per: .test)) func `a chosen path is mended with its own content, never with another`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let first = UploadSource.file(LocalPath(checked: Array(try fixture.tree.write("first".utf8, to: "a").utf8)))
    let other = UploadSource.file(LocalPath(checked: Array(try fixture.tree.write("other".utf8, to: "b").utf8)))
    var options = UploadOptions()
    options.storagePath = try ObjectPath(exactly: "chosen/place.txt")
    let stored = try await fixture.open { [options] in try await $0.upload(first, options) }
    #expect(stored.status == .stored)
    try fixture.project.removeBlob(bucket: "user-files", key: "chosen/place.txt")
    let machine = try TestSupport.TemporaryDirectory()
    let refused = try await fixture.open(in: machine) { [options] in try await $0.upload(other, options) }
    #expect(refused.error?.code == .conflict)
    let mended = try await fixture.open(in: machine) { [options] in try await $0.upload(first, options) }
    #expect(mended.status == .stored && mended.reason?.contains("lost its bytes") == true)
    let contents = try await fixture.downloadEverything()
    #expect(contents.map(\.value) == [Array("first".utf8)])
  }

  /// Uploads a content to a chosen path from a machine that never saw it, while another hand does something just before
  /// the first byte is asked for.
  private func uploadToChosenPath(
    _ fixture: MigrationFixture, _ otherHand: @escaping @Sendable (OpenProject) async throws -> Void
  ) async throws -> FileOutcome {
    var options = UploadOptions()
    options.storagePath = try ObjectPath(exactly: "chosen/place.txt")
    let name = LocalPath(checked: Array("a".utf8))
    let source = UploadSource.bytes(Array("AAAA".utf8), label: name, name: name)
    let stored = try await fixture.open { [options] in try await $0.upload(source, options) }
    #expect(stored.status == .stored)
    return try await fixture.open(in: try TestSupport.TemporaryDirectory()) { [options] open in
      let isDone = Mutex(false)
      var interposer = Interposer()
      interposer.beforeFirstByte = {
        if isDone.withLock({ done in
          defer { done = true }
          return done
        }) {
          return
        }
        try await otherHand(open)
      }
      return try await interposer.between(open).upload(source, options)
    }
  }

  private static func object(_ content: String, overwrites: Bool) -> ObjectUpload {
    ObjectUpload(
      bucket: "user-files", key: "chosen/place.txt", mediaType: "text/plain", content: .bytes(Array(content.utf8)),
      metadata: [], overwrites: overwrites)
  }

  @Test(.standIn(per: .test)) func `the first byte of another version proves nothing of this one`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let outcome = try await uploadToChosenPath(fixture) { open in
      _ = try await open.objects.put(Self.object("BBBB", overwrites: true))
    }
    #expect(outcome.error?.code == .conflict)
    let etag = try fixture.project.query("select metadata ->> 'eTag' from storage.objects")[0][0]
    #expect(etag == "\"f50881ced34c7d9e6bce100bf33dec60\"", "what the other hand wrote is still there")
  }

  @Test(.standIn(per: .test)) func `what is gone is not written over what comes in its place`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let outcome = try await uploadToChosenPath(fixture) { open in
      try await open.objects.delete(["chosen/place.txt"], in: "user-files")
    }
    #expect(outcome.status == .stored)
    #expect(fixture.project.requests().count { $0.method == "POST" && $0.target.contains("/chosen/") } == 2)
    let contents = try await fixture.downloadEverything()
    #expect(contents.map(\.value) == [Array("AAAA".utf8)])
  }
}
