import TestSupport
import Testing

/// Test case 1 of the guide's Step 6.
@Suite("File Upload Test", .standIn(per: .test), .timeLimit(.minutes(5))) struct FileUploadTest {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
  }

  private static let longName = String(repeating: "n", count: 196) + ".txt"

  @Test(arguments: [
    ("Upload small file (< 1MB)", "small.txt", 300 << 10), ("Upload medium file (1-10MB)", "medium.bin", 5 << 20),
    ("Upload large file (10-50MB)", "large.bin", 49 << 20),
    ("Upload file with special characters in name", "Grüße 文件 #1%.txt", 1000),
    ("Upload file with no extension", "Makefile", 1000), ("an empty file", "empty", 0),
    ("a name of 200 characters", longName, 10),
  ])
  func `uploads arrive byte for byte, with their names and metadata`(
    _ title: String, _ name: String, _ byteCount: Int
  ) async throws {
    try await supastore.setUp()
    let block = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    let content = Array((0...byteCount / block.count).map { _ in block }.joined().prefix(byteCount))
    let path = try tree.write(content, to: name)
    let run = try await supastore("upload", "--json", path, "--conversation", "c1")
    #expect(run.exitStatus == 0, "\(title): \(run.errors)")
    let file = try #require(try run.documents("file").first)
    #expect(file["status"] == "stored" && file["original_name"]?.string == name)
    #expect(file["size_bytes"]?.int == byteCount && file["mime_type"] != .null)
    let storagePath = try #require(file["storage_path"]?.string)
    #expect(storagePath.utf8.allSatisfy { $0 < 0x80 } && storagePath.hasPrefix("uploads/c1/"))
    #expect(try supastore.counts() == StoredCounts(each: 1))
    let row = try supastore.project.query(
      "select original_name, size_bytes, metadata->>'sha256', metadata->>'continuation_id' from files")[0]
    #expect(row == [name, String(byteCount), file["sha256"]?.string, "c1"])
    _ = try await supastore("download", storagePath, "-o", tree["copy"])
    #expect(try tree.read("copy") == content)
  }
}
