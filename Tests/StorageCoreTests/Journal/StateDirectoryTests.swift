import Glibc
import StorageCore
import StorageFiles
import StorageModel
import StorageRunning
import Testing

@Suite struct StateDirectoryTests {
  @Test(arguments: [
    (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/supastore"), (["HOME": "/h"], "/h/.local/state/supastore"),
    (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/supastore"),
    (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/supastore"),
  ])
  func `the standard place follows XDG`(environment: [String: String], expected: String) throws {
    #expect(try StateDirectory.standardPath(Environment(environment.mapValues { Array($0.utf8) })).string == expected)
  }

  @Test func `without a home there is no standard place`() {
    #expect(throws: StateError.noHome) { try StateDirectory.standardPath(Environment()) }
  }

  @Test func `missing directories are made, links above are followed`() throws {
    try withTemporaryDirectory { root in
      try root.appending("real").makeDirectory()
      try root.appending("link").makeLink(to: "real")
      let state = try StateDirectory(at: root.appending("link/a/b"))
      #expect(try state.path == resolved(root).appending("real/a/b"))
    }
  }

  @Test func `a directory that is a link, or that others can write, is refused`() throws {
    try withTemporaryDirectory { root in
      try root.appending("real").makeDirectory()
      let link = try root.appending("link")
      try link.makeLink(to: "real")
      #expect(throws: StateError.symbolicLink(link)) { try StateDirectory(at: link) }
      let open = try root.appending("open")
      try open.makeDirectory()
      try #require(open.withCString { chmod($0, 0o777) } == 0)
      #expect(throws: StateError.writableByOthers(open)) { try StateDirectory(at: open) }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a directory away"))
  func `a directory of another user is refused`() throws {
    try withTemporaryDirectory { root in
      let foreign = try root.appending("foreign")
      try foreign.makeDirectory()
      try #require(foreign.withCString { chown($0, 12345, 12345) } == 0)
      #expect(throws: StateError.foreign(foreign, owner: 12345)) { try StateDirectory(at: foreign) }
    }
  }

  @Test func `a file in the way is named`() throws {
    try withTemporaryDirectory { root in
      let file = try root.appending("f")
      try file.write("")
      let below = try file.appending("state")
      #expect(throws: StateError.file(.failed(.create, below, code: ENOTDIR))) { try StateDirectory(at: below) }
      #expect(throws: StateError.file(.failed(.create, file, code: ENOTDIR))) { try StateDirectory(at: file) }
    }
  }
}
