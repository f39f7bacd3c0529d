import StorageDigests
import Testing

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `SHA-256 gives the published vectors`(text: String, expected: String) throws {
    #expect(try SHA256Digest.of(Array(text.utf8)).hex == expected)
  }

  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
  ])
  func `MD5 gives the published vectors`(text: String, expected: String) throws {
    #expect(try MD5Digest.of(Array(text.utf8)).hex == expected)
  }

  @Test func `a million a's fed in uneven pieces give the published SHA-256`() throws {
    var context = try DigestContext<SHA256Digest>()
    var rest = 1_000_000
    var piece = 1
    while rest > 0 {
      let count = min(piece, rest)
      try context.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
      rest -= count
      piece = piece * 3 % 9973 + 1
    }
    #expect(try context.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `a finished or restarted context starts again`() throws {
    var context = try DigestContext<MD5Digest>()
    try context.update(Array("abc".utf8))
    let first = try context.finish()
    try context.update(Array("given up".utf8))
    try context.restart()
    try context.update(Array("abc".utf8))
    #expect(try context.finish() == first)
  }

  @Test func `hex and bytes are read back`() throws {
    let digest = try SHA256Digest.of([1, 2, 3])
    #expect(SHA256Digest(hex: digest.hex) == digest)
    #expect(SHA256Digest(hex: digest.hex.uppercased()) == digest)
    #expect(SHA256Digest(bytes: digest.bytes) == digest)
    #expect(SHA256Digest(hex: "zz" + digest.hex.dropFirst(2)) == nil)
    #expect(SHA256Digest(hex: digest.hex.dropLast()) == nil)
    #expect(MD5Digest(bytes: digest.bytes) == nil)
  }
}
