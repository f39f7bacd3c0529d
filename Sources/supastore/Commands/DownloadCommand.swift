internal import CommandTable
internal import StorageCore

/// `supastore download REF`
enum DownloadCommand {
  static let reference = Operand<FileReference>("ref", help: "The file's id or its storage path.")
  static let output = Option<LocalPath?>(
    "output", short: "o", value: "FILE|DIR|-",
    help: "Where to: a file, a directory, or - for standard output. Without it: the current directory.")
  static let force = Flag("force", short: "f", help: "Replace a file that is there.")

  static let declaration = Declaration(
    "download", aliases: ["get"], abstract: "Fetch one stored file and verify it",
    discussion: """
      The target is either as it was before or the whole file, verified against its SHA-256; never a part of it.
      """,
    examples: [
      Example("supastore download 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "Fetch a file into the current directory"),
      Example("supastore download uploads/7d3f/notes.0d1f6f0e5a3c8b6e.txt -o - | less", "Read a file"),
    ],
    reference, output, force)
}
