internal import Glibc
package import StorageDigests
package import StorageFiles
package import StorageModel
import Synchronization

/// The bytes of one object, or of a part of it, on their way into a file: counted, digested as they come, and taken up
/// where they broke off as long as the object stays the same.
///
/// A store asks for what comes `next`, says with `begin` what it is about to hand over, then hands it over with `take`. When
/// one of them refuses, the store throws `refusal`. One thread at a time.
package final class IncomingObject: Sendable {
  package enum Wanted: Sendable, Equatable {
    case whole
    /// Not empty. `resuming`: what is before it came already.
    case part(Range<Int64>, resuming: Bool)
    /// Everything has come.
    case nothing
  }

  /// What was taken in.
  package struct Received: Sendable {
    package var byteCount: Int64
    package var sha256: SHA256Digest
    /// Of the whole object, as far as the store said so.
    package var objectByteCount: Int64?
  }

  private struct State: ~Copyable {
    var digest: DigestContext<SHA256Digest>
    var byteCount: Int64 = 0
    var version: String?
    var objectByteCount: Int64?
    var refusal: StorageError?
  }

  private let file: PartialFile
  private let part: Range<Int64>?
  private let limit: Int64
  private let state: Mutex<State>

  /// - Parameters:
  ///   - part: nil for the whole object; not empty.
  ///   - limit: a longer object is refused.
  package init(into file: PartialFile, part: Range<Int64>? = nil, limit: Int64) throws(StorageError) {
    self.file = file
    self.part = part
    self.limit = limit
    state = Mutex(State(digest: try reportingDigest { () throws(DigestError) in try DigestContext() }))
  }

  /// What the store is to hand over.
  package func next() -> Wanted {
    state.withLock { state in
      state.refusal = nil
      let start = (part?.lowerBound ?? 0) + state.byteCount
      guard state.byteCount > 0 else { return part.map { .part($0, resuming: false) } ?? .whole }
      guard state.version != nil, let end = part?.upperBound ?? state.objectByteCount, start <= end else {
        return part.map { .part($0, resuming: false) } ?? .whole
      }
      return start == end ? .nothing : .part(start..<end, resuming: true)
    }
  }

  /// Why the last `begin` or `take` said no.
  package var refusal: StorageError? { state.withLock { $0.refusal } }

  /// The store is about to hand over the object's bytes from `offset` on; false when it must not.
  /// - Parameters:
  ///   - offset: in the whole object.
  ///   - version: differs whenever the bytes do; nil when the store cannot tell, and then nothing is taken up again.
  ///   - byteCount: of the whole object, where it is known.
  package func begin(at offset: Int64, version: String?, byteCount: Int64?) -> Bool {
    refusing { state throws(StorageError) in
      let start = part?.lowerBound ?? 0
      if state.byteCount > 0, offset == start + state.byteCount, version != nil, version == state.version { return }
      let hadBegun = state.byteCount > 0
      try forget(&state)
      guard offset == start else {
        if hadBegun { throw Self.changed }
        throw StorageError(.rejected, "the service answered with other bytes than those that were asked for")
      }
      if let byteCount, byteCount > limit { throw Self.tooLong(limit) }
      state.version = version
      state.objectByteCount = byteCount
    }
  }

  /// The next bytes; false when they are too many or cannot be kept.
  package func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    refusing { state throws(StorageError) in
      guard Int64(bytes.count) <= (part.map { Int64($0.count) } ?? limit) - state.byteCount else {
        throw Self.tooLong(limit)
      }
      do throws(FileError) {
        try file.write(bytes, at: state.byteCount)
      } catch {
        throw StorageError(.unwritable, error.description, hint: "make room there, or choose another place")
      }
      try reportingDigest { () throws(DigestError) in try state.digest.update(bytes) }
      state.byteCount += Int64(bytes.count)
    }
  }

  /// Begins anew: what came is not a part of the object any more.
  /// - Returns: the error to throw, which makes the retry layer ask again.
  package func restart() -> StorageError {
    _ = refusing { state throws(StorageError) in try forget(&state) }
    return refusal ?? Self.changed
  }

  /// What came, once the store has handed everything over. Called once.
  package func finish() throws(StorageError) -> Received {
    // `withLock` would widen the error's type.
    try state.withLock { state in
      Result { () throws(StorageError) in
        Received(
          byteCount: state.byteCount,
          sha256: try reportingDigest { () throws(DigestError) in try state.digest.finish() },
          objectByteCount: state.objectByteCount)
      }
    }.get()
  }

  private func refusing(_ body: (inout State) throws(StorageError) -> Void) -> Bool {
    state.withLock { state in
      do throws(StorageError) {
        try body(&state)
        return true
      } catch {
        state.refusal = error
        return false
      }
    }
  }

  private func forget(_ state: inout State) throws(StorageError) {
    state.byteCount = 0
    state.version = nil
    state.objectByteCount = nil
    try reportingDigest { () throws(DigestError) in try state.digest.restart() }
    do throws(FileError) {
      try file.empty()
    } catch {
      throw StorageError(error)
    }
  }

  private static var changed: StorageError {
    StorageError(
      .changed, "the object changed while it was downloaded", hint: "run the same command again", retry: .soon)
  }

  private static func tooLong(_ limit: Int64) -> StorageError {
    StorageError(
      .integrity, "the object is longer than the \(limit) bytes it should have; nothing was written",
      hint: "store the file again from its source, or remove it")
  }
}

/// Runs what libcrypto does; a failure is one of this machine.
package func reportingDigest<Result: ~Copyable>(
  _ body: () throws(DigestError) -> Result
) throws(StorageError) -> Result {
  do throws(DigestError) {
    return try body()
  } catch {
    throw StorageError(.damaged, "libcrypto failed: \(error)")
  }
}
