import Dispatch
import Glibc
import StorageSQLite
import Synchronization
import Testing

@Suite struct DatabaseTests {
  private static let schema = Schema(
    applicationID: 0x5355_5054, version: 3,
    creation: "CREATE TABLE t (k INTEGER PRIMARY KEY, v ANY) STRICT; CREATE INDEX i ON t (v)")

  private func withFile<Result>(_ body: ([UInt8]) throws -> Result) throws -> Result {
    var template = Array("/tmp/supastore-sqlite-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let file = directory + "/f\u{e9}"
    defer {
      for name in [file, file + "-journal"] { unlink(name) }
      rmdir(directory)
    }
    return try body(Array(file.utf8))
  }

  private func write(_ content: [UInt8], to path: [UInt8]) throws {
    let file = open(String(decoding: path, as: UTF8.self), O_WRONLY | O_CREAT, 0o600)
    try #require(file >= 0)
    defer { close(file) }
    try #require(Glibc.write(file, content, content.count) == content.count)
  }

  private func values(_ database: Database) throws -> [SQLiteValue] {
    var statement = try database.prepare("SELECT v FROM t ORDER BY k")
    var values: [SQLiteValue] = []
    while try statement.step() { values.append(statement.value(0)) }
    return values
  }

  private func insert(_ values: [SQLiteValue], into database: Database) throws(SQLiteError) {
    var statement = try database.prepare("INSERT INTO t (v) VALUES (?)")
    for value in values { try statement.run([value]) }
  }

  @Test func `every kind of value comes back, also after the file was closed`() throws {
    try withFile { path in
      let expected: [SQLiteValue] = [
        .null, .integer(.min), .integer(.max), .text(""), .text("é\u{0}e\u{301}"), .blob([]), .blob(Array(0...255)),
      ]
      try insert(expected, into: Database(.file(path), schema: Self.schema))
      #expect(try values(Database(.file(path), schema: Self.schema)) == expected)
    }
  }

  @Test func `a temporary database has the tables and no file`() throws {
    let database = try Database(.temporary, schema: Self.schema)
    try insert([.integer(1)], into: database)
    #expect(try values(database) == [.integer(1)])
    #expect(database.changedRowCount == 1)
  }

  @Test func `a transaction that throws leaves nothing behind`() throws {
    let database = try Database(.temporary, schema: Self.schema)
    #expect(throws: SQLiteError.full) {
      try database.transaction { () throws(SQLiteError) in
        try insert([.integer(1)], into: database)
        throw .full
      }
    }
    #expect(try values(database).isEmpty)
    try database.transaction { () throws(SQLiteError) in try insert([.integer(2)], into: database) }
    #expect(try values(database) == [.integer(2)])
  }

  @Test func `a broken rule is a constraint error and the statement can be used again`() throws {
    let database = try Database(.temporary, schema: Self.schema)
    var statement = try database.prepare("INSERT INTO t (k, v) VALUES (?, ?)")
    try statement.run([.integer(1), .null])
    #expect(throws: SQLiteError.constraint("UNIQUE constraint failed: t.k")) {
      try statement.run([.integer(1), .null])
    }
    try statement.run([.integer(2), .null])
    #expect(try values(database).count == 2)
  }

  @Test func `bad SQL and no SQL are errors`() throws {
    let database = try Database(.temporary, schema: Self.schema)
    for sql in ["SELEC 1", "", "SELECT * FROM absent"] {
      #expect(throws: SQLiteError.self) { _ = try database.prepare(sql).integer(0) }
    }
    #expect(throws: SQLiteError.self) { try database.execute("nonsense") }
  }

  @Test func `a file that is no database is damaged, and is left as it is`() throws {
    try withFile { path in
      let content = Array(String(repeating: "this is no database. ", count: 200).utf8)
      try write(content, to: path)
      #expect(throws: SQLiteError.damaged("file is not a database")) {
        _ = try Database(.file(path), schema: Self.schema)
      }
      var status = stat()
      stat(String(decoding: path, as: UTF8.self), &status)
      #expect(Int(status.st_size) == content.count)
    }
  }

  @Test func `pages that were overwritten are found`() throws {
    try withFile { path in
      try insert(
        (0..<2000).map { .blob(Array(repeating: UInt8($0 % 256), count: 100)) },
        into: Database(.file(path), schema: Self.schema))
      let file = open(String(decoding: path, as: UTF8.self), O_WRONLY)
      try #require(file >= 0)
      let garbage = [UInt8](repeating: 0xa5, count: 65536)
      try #require(pwrite(file, garbage, garbage.count, 8192) == garbage.count)
      close(file)
      #expect {
        _ = try self.values(Database(.file(path), schema: Self.schema))
      } throws: { error in
        if case .damaged = error as? SQLiteError { true } else { false }
      }
    }
  }

  @Test func `a database of another program or version is refused`() throws {
    try withFile { path in
      _ = try Database(.file(path), schema: Self.schema)
      let other = Schema(applicationID: 7, version: 3, creation: "CREATE TABLE x (y)")
      #expect(throws: SQLiteError.foreign(applicationID: Self.schema.applicationID)) {
        _ = try Database(.file(path), schema: other)
      }
      let newer = Schema(applicationID: Self.schema.applicationID, version: 4, creation: "CREATE TABLE x (y)")
      #expect(throws: SQLiteError.otherVersion(found: 3, expected: 4)) { _ = try Database(.file(path), schema: newer) }
    }
  }

  @Test func `a second writer waits no longer than it was told`() throws {
    try withFile { path in
      let first = try Database(.file(path), schema: Self.schema)
      let second = try Database(.file(path), schema: Self.schema, busyTimeout: .milliseconds(1))
      try first.transaction { () throws(SQLiteError) in
        #expect(throws: SQLiteError.busy) { try second.transaction { () throws(SQLiteError) in } }
      }
      try second.transaction { () throws(SQLiteError) in try insert([.integer(1)], into: second) }
      #expect(try values(first) == [.integer(1)])
    }
  }

  @Test func `a link in place of the file is not followed`() throws {
    try withFile { path in
      let link = String(decoding: path, as: UTF8.self)
      try #require(symlink("/tmp/supastore-nowhere", link) == 0)
      #expect(throws: SQLiteError.self) { _ = try Database(.file(path), schema: Self.schema) }
    }
  }

  @Test func `a directory that is not there is named`() throws {
    #expect {
      _ = try Database(.file(Array("/nonexistent/x/db".utf8)), schema: Self.schema)
    } throws: { error in
      if case .cannotOpen = error as? SQLiteError { true } else { false }
    }
  }

  @Test func `a database that has to be there is not made`() throws {
    try withFile { path in
      #expect(throws: SQLiteError.self) { _ = try Database(.file(path), schema: Self.schema, creates: false) }
      #expect(access(String(decoding: path, as: UTF8.self), F_OK) != 0)
      try write([], to: path)
      #expect(throws: SQLiteError.damaged("it is empty")) {
        _ = try Database(.file(path), schema: Self.schema, creates: false)
      }
      _ = try Database(.file(path), schema: Self.schema)
      _ = try Database(.file(path), schema: Self.schema, durability: .extra, creates: false).check()
    }
  }

  @Test func `every durability is what SQLite was told`() throws {
    for (durability, level) in [(Database.Durability.normal, Int64(1)), (.extra, 3)] {
      let database = try Database(.temporary, schema: Self.schema, durability: durability)
      var statement = try database.prepare("PRAGMA synchronous")
      #expect(try statement.step() && statement.integer(0) == level)
    }
  }

  @Test func `a check finds pages that contradict each other`() throws {
    try withFile { path in
      let database = try Database(.file(path), schema: Self.schema)
      try database.transaction { () throws(SQLiteError) in
        try insert((0..<2000).map { .integer($0) }, into: database)
      }
      try database.check()
      let text = String(decoding: path, as: UTF8.self)
      let file = open(text, O_WRONLY)
      // In the middle of a page of rows.
      try #require(pwrite(file, [UInt8](repeating: 0xff, count: 2000), 2000, 3 * 4096 + 100) == 2000)
      close(file)
      let again = try Database(.file(path), schema: Self.schema)
      #expect {
        try again.check()
      } throws: { error in
        if case .damaged = error as? SQLiteError { true } else { false }
      }
    }
  }

  @Test func `reading sees one state, whatever others write`() throws {
    try withFile { path in
      let database = try Database(.file(path), schema: Self.schema)
      let other = try Database(.file(path), schema: Self.schema, busyTimeout: .milliseconds(1))
      try database.reading { () throws(SQLiteError) in
        #expect((try? values(database)) == [])
        #expect(throws: SQLiteError.busy) {
          try other.transaction { () throws(SQLiteError) in try insert([.integer(1)], into: other) }
        }
        #expect((try? values(database)) == [])
      }
      try other.transaction { () throws(SQLiteError) in try insert([.integer(1)], into: other) }
      #expect(try values(database) == [.integer(1)])
    }
  }

  @Test func `a row that refers to nothing is told from one that is there twice`() throws {
    let schema = Schema(
      applicationID: 1, version: 1,
      creation: "CREATE TABLE p (k INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER PRIMARY KEY REFERENCES p)")
    let database = try Database(.temporary, schema: schema)
    #expect(throws: SQLiteError.missingParent) { try database.execute("INSERT INTO c VALUES (1)") }
    try database.execute("INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)")
    #expect(throws: SQLiteError.constraint("UNIQUE constraint failed: c.p")) {
      try database.execute("INSERT INTO c VALUES (1)")
    }
  }

  @Test func `who writes into a database that has lost its name is told`() throws {
    try withFile { path in
      let database = try Database(.file(path), schema: Self.schema)
      try database.transaction { () throws(SQLiteError) in try insert([.integer(1)], into: database) }
      let name = String(decoding: path, as: UTF8.self)
      try #require(rename(name, name + "-journal") == 0)
      _ = try Database(.file(path), schema: Self.schema)
      #expect(throws: SQLiteError.moved) {
        try database.transaction { () throws(SQLiteError) in try insert([.integer(2)], into: database) }
      }
    }
  }

  @Test func `a look into a database changes nothing, whatever its version`() throws {
    try withFile { path in
      let older = Schema(applicationID: Self.schema.applicationID, version: 2, creation: Self.schema.creation)
      _ = try Database(.file(path), schema: older)
      let upgrading = Schema(
        applicationID: older.applicationID, version: 3, creation: older.creation, upgrades: [2: "DROP INDEX i"])
      #expect(try Database(inspecting: path, schema: upgrading).contradictions().isEmpty)
      #expect(throws: SQLiteError.otherVersion(found: 2, expected: 3)) {
        _ = try Database(inspecting: path, schema: Self.schema)
      }
      #expect(try Database(inspecting: path, schema: older).brokenReferences().isEmpty)
    }
  }

  @Test func `what another connection adds while it is looked through is no contradiction`() throws {
    try withFile { path in
      _ = try Database(.file(path), schema: Self.schema)
      let isLookedThrough = Atomic(false)
      let found = Mutex<Set<String>>([])
      let lookCount = 1500
      DispatchQueue.concurrentPerform(iterations: 2) { role in
        do throws(SQLiteError) {
          if role == 0 {
            defer { isLookedThrough.store(true, ordering: .relaxed) }
            let database = try Database(inspecting: path, schema: Self.schema)
            for _ in 0..<lookCount {
              for text in try database.contradictions() { _ = found.withLock { $0.insert(text) } }
            }
          } else {
            let database = try Database(.file(path), schema: Self.schema)
            try database.execute("PRAGMA synchronous=OFF")
            // Longer with every commit, and short again before a look takes long.
            while !isLookedThrough.load(ordering: .relaxed) {
              for _ in 0..<20 { try insert([.blob([UInt8](repeating: 1, count: 20_000))], into: database) }
              try database.execute("DELETE FROM t; VACUUM")
            }
          }
        } catch {
          _ = found.withLock { $0.insert("\(error)") }
        }
      }
      #expect(found.withLock { $0 } == [])
    }
  }
}
