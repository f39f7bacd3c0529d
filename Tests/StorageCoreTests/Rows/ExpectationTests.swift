import StorageModel
import StoragePlaces
import Testing

@testable import SupabaseClient
@testable import SupabasePlace

/// What can follow what in a list, as far as a client can tell, and sums of what others say.
@Suite struct ExpectationTests {
  private let id = ("0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "1d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b")
  private let time = ("2026-01-02T03:04:05.1+00:00", "2026-01-02T03:04:05.12+00:00")

  @Test func `ids follow each other in their order, and no row follows itself`() {
    let up: [RowOrder] = [.ascending("id")]
    #expect(up.allows([id.1], after: [id.0]) && !up.allows([id.0], after: [id.1]) && !up.allows([id.0], after: [id.0]))
    let down: [RowOrder] = [.descending("id")]
    #expect(down.allows([id.0], after: [id.1]) && !down.allows([id.1], after: [id.0]))
  }

  @Test func `times are compared as times, and rows of one time by their ids`() {
    let newest: [RowOrder] = [.descending("created_at"), .descending("id")]
    #expect(newest.allows([time.0, id.1], after: [time.1, id.0]))
    #expect(!newest.allows([time.1, id.0], after: [time.0, id.1]))
    #expect(newest.allows([time.0, id.0], after: [time.0, id.1]))
    #expect(!newest.allows([time.0, id.1], after: [time.0, id.0]))
  }

  @Test func `sizes are compared as numbers, and NULL is left to the database`() {
    let largest: [RowOrder] = [.descending("size_bytes"), .ascending("id")]
    #expect(largest.allows(["9", id.0], after: ["10", id.1]) && !largest.allows(["10", id.0], after: ["9", id.1]))
    #expect(largest.allows([nil, id.0], after: ["9", id.1]))
  }

  @Test func `texts have an order of the database's own, and still no row follows itself`() {
    let names: [RowOrder] = [.ascending("original_name"), .ascending("id")]
    #expect(names.allows(["a", id.0], after: ["B", id.1]) && names.allows(["B", id.0], after: ["a", id.1]))
    #expect(!names.allows(["a", id.0], after: ["a", id.0]))
  }

  @Test(arguments: [
    (1, 0, 10), (3, 9, 2), (0, 4, 10),
  ]) func `a page that its own count contradicts is none`(_ rows: Int, _ total: Int, _ limit: Int) {
    let page = RowPage(rows: Array(0..<rows), total: total)
    #expect(throws: StorageError.self) {
      try page.page("rows", limit: limit, order: [.ascending("n")], after: nil, { ["\($0)"] }, { $0 })
    }
  }

  @Test func `a sum that no number holds is the largest one`() {
    var sum = Int64.max - 1
    sum.add(1)
    #expect(sum == .max)
    sum.add(5)
    #expect(sum == .max)
    var debt = Int64.min
    debt.add(-1)
    #expect(debt == .min)
  }

  @Test func `a difference and a sum of several stay within the numbers`() {
    var rest = Int64.min
    rest.subtract(1)
    #expect(rest == .min)
    rest = 1
    rest.subtract(.min)
    #expect(rest == .max)
    #expect([Int64.max, 1, 2].sum == .max && [Int64]().sum == 0 && [1, 2].sum as Int64 == 3)
  }

  @Test(arguments: 1...7, 0...5)
  func `pages that take turns are noticed, wherever the turns begin`(_ turn: Int, _ lead: Int) {
    var trail = PageTrail<Int>()
    #expect(throws: StorageError.self) {
      for step in 0..<1000 { try trail.step(to: step < lead ? -step - 1 : (step - lead) % turn) }
    }
  }

  @Test func `pages that go on are none of them`() throws {
    var trail = PageTrail<Int>()
    for step in 0..<10_000 { try trail.step(to: step) }
  }
}
