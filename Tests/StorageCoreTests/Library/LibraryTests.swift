import StorageCore
import TestSupport
import Testing

/// Whole operations, as somebody writes them who sees nothing but what `StorageCore` shows.
@Suite(.standIn(per: .test)) struct LibraryTests {
  @Test func `a project made from a URL and a key does all that the program does`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try await fixture.project.session().run(DatabaseSchema.sql())
    for name in ["a.txt", "b.txt", "c.txt"] { try fixture.tree.write("content of \(name)".utf8, to: "root/\(name)") }
    let configuration = try Configuration(
      projectURL: fixture.project.url, serviceRoleKey: fixture.project.serviceKey,
      stateDirectory: LocalPath(fixture.state.path))
    #expect(configuration.mode == .prefer)
    let directory = try #require(LocalPath(fixture.tree["root"]))
    try await OpenProject.withOpen(for: configuration) { project in
      let roots = try MigrationRoot.open([directory], continuationID: "7d3f")
      #expect(try await project.migrationPlan(roots).sendCount == 3)
      #expect(try await project.migrate(roots).counts == [.stored: 3])
      #expect(try await project.migrate(roots).counts == [.unchanged: 3])
      #expect(try await project.verify(roots) { _ in }.counts == [.same: 3])

      var files: [FileReference] = []
      try await project.list(FileQuery(), limit: nil) { files.append(.id($0.id)) }
      #expect(try await project.delete([files[0]]).map(\.status) == [.trashed])
      let trashed = try #require(try await project.inTrash(files)[files[0]])
      #expect(try await project.restore([trashed]).map(\.result) == [.restored])
      #expect(try await project.delete([files[0]]).map(\.status) == [.trashed])
      #expect(try await project.delete([files[1]], purgingAtOnce: true).map(\.status) == [.purged])
      #expect(try await project.delete(conversation: "7d3f").files.map(\.status) == [.trashed])
      let cleanup = try await project.cleanUp(applying: true)
      #expect(cleanup.endedBy == nil && cleanup.refusals.isEmpty && cleanup.done.values.allSatisfy { $0.count == 0 })

      #expect(try await project.sync().counts.isEmpty)
      let status = try await project.status()
      #expect(status.projectURL == project.url && status.local == nil)
      #expect(try status.usage?.get().total.fileCount == 0)
    }
  }
}
