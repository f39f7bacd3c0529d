import StandIn
import TestSupport
import Testing

/// Related rows in one answer: what the recordings do not show.
@Suite(.standIn(per: .test)) struct RowsEmbeddingTests {
  init() throws {
    try StandInInstance.current.openNewTables()
    let database = try PostgresConnection(StandInInstance.current.databaseURL)
    try database.run(
      script: """
        create table authors (id int primary key, name text, mentor int references authors);
        create table books (id int primary key, title text, author int references authors, editor int references authors);
        create table shelves (id int primary key, room text);
        create table placements (
          book int references books on delete cascade, shelf int references shelves, since int, primary key (book, shelf));
        create table covers (book int primary key references books on delete cascade, art text);
        create function all_books() returns setof books language sql stable as 'select * from books';
        insert into authors values (1, 'Ann', null), (2, 'Bob', 1);
        insert into books values (1, 'A', 1, 2), (2, 'B', 1, null), (3, 'C', null, null);
        insert into shelves values (1, 'x'), (2, 'y');
        insert into placements values (1, 1, 10), (1, 2, 20), (2, 1, 30);
        insert into covers values (1, 'oil');
        """)
  }

  private func answer(
    _ method: String, _ target: String, _ preference: String? = nil, body: String? = nil
  ) throws -> RawAnswer {
    let project = try StandInInstance.current
    let connection = try RawConnection(port: project.port)
    var head = "\(method) /rest/v1\(target) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(project.serviceKey)\r\n"
    if let preference { head += "Prefer: \(preference)\r\n" }
    if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
    try connection.send(head + "\r\n" + (body ?? ""))
    return try #require(try connection.receiveAnswer(to: method))
  }

  /// The rows of an answer to GET, one a line.
  private func rows(_ target: String) throws -> String {
    String(try answer("GET", target).text.dropFirst().dropLast()).replacing(", \n ", with: "\n")
  }

  @Test func `related rows are an array, or one object where there can be no more`() throws {
    #expect(
      try rows("/books?select=placements(shelf,since),id&order=id&placements.order=shelf.desc")
        == """
        {"id":1,"placements":[{"shelf": 2, "since": 20}, {"shelf": 1, "since": 10}]}
        {"id":2,"placements":[{"shelf": 1, "since": 30}]}
        {"id":3,"placements":[]}
        """)
    #expect(
      try rows("/books?select=id,covers(art)&order=id&id=lt.3")
        == """
        {"id":1,"covers":{"art": "oil"}}
        {"id":2,"covers":null}
        """)
    #expect(try rows("/covers?select=art,books(title)") == #"{"art":"oil","books":{"title": "A"}}"#)
    #expect(try rows("/books?select=id,placements(count)&id=eq.1") == #"{"id":1,"placements":[{"count": 2}]}"#)
  }

  @Test func `a junction is looked through`() throws {
    #expect(
      try rows("/shelves?select=room,books(title)&order=id&books.order=title.desc")
        == """
        {"room":"x","books":[{"title": "B"}, {"title": "A"}]}
        {"room":"y","books":[{"title": "A"}]}
        """)
    #expect(
      try rows("/shelves?select=room,on:books!placements(title)&id=eq.2") == #"{"room":"y","on":[{"title": "A"}]}"#)
  }

  @Test func `one of several relationships is named by its key, a column or a hint`() throws {
    for name in ["author", "author:authors!author", "author:books_author_fkey", "author:authors!books_author_fkey"] {
      #expect(try rows("/books?select=id,\(name)(name)&id=eq.1") == #"{"id":1,"author":{"name": "Ann"}}"#)
    }
    #expect(
      try rows("/authors?select=id,books!editor(id),wrote:books!author(id)&id=eq.2")
        == #"{"id":2,"books":[{"id": 1}],"wrote":[]}"#)
  }

  @Test func `a table's rows are related to each other by the table's name and by the column's`() throws {
    #expect(
      try rows("/authors?select=id,authors(name),mentor(name)&order=id")
        == """
        {"id":1,"authors":[{"name": "Bob"}],"mentor":null}
        {"id":2,"authors":[],"mentor":{"name": "Ann"}}
        """)
  }

  @Test func `an inner join leaves out rows without a match, and they are not counted`() throws {
    let target = "/books?select=id,placements!inner()&placements.since=gte.20&order=id"
    #expect(try rows(target) == "{\"id\":1}\n{\"id\":2}")
    let first = try answer("GET", target + "&limit=1", "count=exact")
    #expect(first.status == 206)
    #expect(first.headers["content-range"] == "0-0/2")
    #expect(try answer("HEAD", target, "count=exact").headers["content-range"] == "0-1/2")
    #expect(try answer("HEAD", target + "&placements.since=lt.0", "count=exact").headers["content-range"] == "*/0")
    let nested = "/authors?select=id,books!author!inner(covers!inner())&books.covers.art=eq.oil"
    #expect(try answer("GET", nested, "count=exact").headers["content-range"] == "0-0/1")
    #expect(try rows("/books?select=id,placements!left()&placements.since=eq.20&order=id").count == 26)
  }

  @Test func `rows are found by having related ones or none`() throws {
    for (filter, found) in [
      ("placements=is.null", "{\"id\":3}"), ("placements=not.is.null", "{\"id\":1}\n{\"id\":2}"),
      ("placements=is.null&placements.shelf=eq.2", "{\"id\":2}\n{\"id\":3}"),
      ("or=(placements.is.null,title.eq.A)", "{\"id\":1}\n{\"id\":3}"),
      ("not.or=(placements.is.null,title.eq.A)", "{\"id\":2}"),
    ] {
      let target = "/books?select=id,placements()&order=id&" + filter
      #expect(try rows(target) == found, "\(filter)")
      let total = found.split(separator: "\n").count
      #expect(try answer("HEAD", target, "count=exact").headers["content-range"]?.hasSuffix("/\(total)") == true)
    }
    #expect(try rows("/books?select=id,shelves()&shelves=is.null") == "{\"id\":3}")
    #expect(try rows("/books?select=id,e:authors!editor()&e=not.is.null") == "{\"id\":1}")
    #expect(try answer("GET", "/books?select=id,e:authors!editor()&authors=is.null").text.contains("42703"))
    #expect(try answer("GET", "/books?select=id,placements()&placements=is.not_null").text.contains("42703"))
  }

  @Test func `filters, order and limit hold at every depth and bring their resource to the front`() throws {
    #expect(
      try rows(
        "/authors?select=id,mentor(id),books!author(id,placements(shelf))&id=eq.1&books.placements.order=shelf.desc"
          + "&books.placements.limit=1&books.or=(id.eq.1,title.eq.C)")
        == #"{"id":1,"books":[{"id": 1, "placements": [{"shelf": 2}]}],"mentor":null}"#)
    #expect(
      try rows("/books?select=id,placements(shelf)&id=eq.1&placements.order=shelf&placements.offset=1")
        == #"{"id":1,"placements":[{"shelf": 2}]}"#)
    #expect(try rows("/books?select=id,placements(shelf)&id=eq.1&placements.limit=0") == #"{"id":1,"placements":[]}"#)
  }

  @Test func `a spread resource's columns belong to the row around it`() throws {
    #expect(
      try rows("/books?select=id,...author(who:name,...mentor(teacher:name))&order=id&id=gt.1")
        == """
        {"id":2,"who":"Ann","teacher":null}
        {"id":3,"who":null,"teacher":null}
        """)
    #expect(
      try rows("/books?select=title,...placements(shelf,since,...shelves(room))&placements.order=shelf.desc&order=id")
        == """
        {"title":"A","shelf":[2, 1],"since":[20, 10],"room":["y", "x"]}
        {"title":"B","shelf":[1],"since":[30],"room":["x"]}
        {"title":"C","shelf":[],"since":[],"room":[]}
        """)
    #expect(
      try rows("/books?select=title,...placements(*)&id=eq.2") == #"{"title":"B","book":[2],"shelf":[1],"since":[30]}"#)
    #expect(
      try rows("/placements?select=since,...books(*)&since=eq.30")
        == #"{"since":30,"id":2,"title":"B","author":1,"editor":null}"#)
    #expect(
      try rows("/shelves?select=id,placements(...books(title))&id=eq.2")
        == #"{"id":2,"placements":[{"title": "A"}]}"#)
  }

  @Test func `a row is ordered by the one that it belongs to`() throws {
    #expect(
      try rows("/placements?select=since,books()&order=books(title).desc,since.desc&limit=2")
        == "{\"since\":30}\n{\"since\":20}")
    let refused = try answer("GET", "/books?select=id,placements()&order=placements(since)")
    #expect(refused.status == 400)
    #expect(refused.text.contains("PGRST118"))
  }

  @Test func `what a write returned is shown with its relations, which do not restrict the write`() throws {
    let inserted = try answer(
      "POST", "/placements?select=books(title),shelves(room)", "return=representation",
      body: #"{"book":3,"shelf":2,"since":5}"#)
    #expect(inserted.status == 201)
    #expect(inserted.text == #"[{"books":{"title": "C"},"shelves":{"room": "y"}}]"#)
    let patched = try answer(
      "PATCH", "/books?id=eq.1&select=title,placements(shelf)&placements.shelf=eq.2&placements.limit=0",
      "return=representation", body: #"{"title":"Z"}"#)
    #expect(patched.text == #"[{"title":"Z","placements":[{"shelf": 2}]}]"#)
    let deleted = try answer(
      "DELETE", "/books?select=id,covers!inner()&covers.art=eq.oil", "return=representation, count=exact")
    #expect(deleted.text == #"[{"id":1}]"#)
    #expect(deleted.headers["content-range"] == "*/1")
    #expect(try answer("GET", "/books").text == "[]")
    #expect(try answer("DELETE", "/books?covers=is.null&select=id,covers()").text.contains("42703"))
  }

  @Test func `the rows of a function have the relations of their table`() throws {
    #expect(
      try rows("/rpc/all_books?select=title,authors!author!inner(name)&order=title&authors.name=eq.Ann")
        == """
        {"title":"A","authors":{"name": "Ann"}}
        {"title":"B","authors":{"name": "Ann"}}
        """)
    let counted = try answer(
      "POST", "/rpc/all_books?select=title,placements(shelf)&placements=is.null", "count=exact", body: "{}")
    #expect(counted.text == #"[{"title":"C","placements":[]}]"#)
    #expect(counted.headers["content-range"] == "0-0/1")
  }

  @Test func `an embedded array is cut like an answer`() throws {
    try StandInInstance.current.query("insert into shelves select n, 'r' from generate_series(3, 1400) n")
    try StandInInstance.current.query("insert into placements select 3, n from generate_series(3, 1400) n")
    #expect(try rows("/books?select=placements(shelf)&id=eq.3").split(separator: "shelf").count == 1001)
    #expect(
      try rows("/books?select=placements(shelf)&id=eq.3&placements.limit=1200").split(separator: "shelf").count == 1001)
  }

  @Test func `a foreign key made while running is found`() throws {
    let target = "/shelves?select=id,labels(word)&id=eq.1"
    #expect(try answer("GET", target).text.contains("PGRST200"))
    try StandInInstance.current.query("create table labels (shelf int references shelves, word text)")
    #expect(try rows(target) == #"{"id":1,"labels":[]}"#)
  }

  @Test func `resources that cannot be embedded are refused in the server's words`() throws {
    func refusal(_ target: String) throws -> String {
      let refused = try answer("GET", target)
      return "\(refused.status) \(refused.text)"
    }
    #expect(
      try refusal("/books?select=id,cover(art)")
        == #"400 {"code":"PGRST200","details":"Searched for a foreign key relationship between 'books' and 'cover' in "#
        + #"the schema 'public', but no matches were found.","hint":"Perhaps you meant 'covers' instead of 'cover'.","#
        + #""message":"Could not find a relationship between 'books' and 'cover' in the schema cache"}"#)
    #expect(
      try refusal("/books?select=id,covers!none(art)")
        == #"400 {"code":"PGRST200","details":"Searched for a foreign key relationship between 'books' and 'covers' "#
        + #"using the hint 'none' in the schema 'public', but no matches were found.","hint":null,"#
        + #""message":"Could not find a relationship between 'books' and 'covers' in the schema cache"}"#)
    #expect(
      try refusal("/books?select=id,authors(name)")
        == #"300 {"code":"PGRST201","details":[{"cardinality":"many-to-one","embedding":"books with authors","#
        + #""relationship":"books_author_fkey using books(author) and authors(id)"},{"cardinality":"many-to-one","#
        + #""embedding":"books with authors","relationship":"books_editor_fkey using books(editor) and authors(id)"}],"#
        + #""hint":"Try changing 'authors' to one of the following: 'authors!books_author_fkey', "#
        + #"'authors!books_editor_fkey'. Find the desired relationship in the 'details' key.","#
        + #""message":"Could not embed because more than one relationship was found for 'books' and 'authors'"}"#)
    #expect(
      try refusal("/books?select=id,placements(shelf)&placements.books.id=eq.1")
        == #"400 {"code":"PGRST108","details":null,"hint":"Verify that 'books' is included in the 'select' query "#
        + #"parameter.","message":"'books' is not an embedded resource in this request"}"#)
    #expect(try refusal("/books?select=id&placements.limit=1").contains("PGRST108"))
    #expect(try refusal("/books?select=id,placements(since.sum())").contains("PGRST123"))
  }
}
