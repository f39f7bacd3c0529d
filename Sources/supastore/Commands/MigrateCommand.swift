internal import CommandTable
internal import StorageCore

/// `supastore migrate [DIR...]`
enum MigrateCommand {
  static let directories = Operand<[LocalPath]>(
    "dir", .zeroOrMore, help: "The directories to store. Without any: those in TEST_FILES_DIR.")
  static let dryRun = Flag(
    "dry-run", short: "n", help: "Say what would be done, what would be refused and how many requests it takes.")
  static let jobs = Option<Int?>(
    "jobs", short: "j", limit: .within(1...64),
    help: "Upload at most N files at once. Without it: as many as make it faster. Overrides SUPASTORE_JOBS.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID",
    help: "Link the files to the conversation with this continuation id. Without it: the directory's name.")
  static let type = Option<FileType>(
    "type", default: .userUpload, help: "What the files are; it decides the bucket and the storage path.")
  static let include = Option<[String]>(
    "include", value: "PATTERN", help: "Only files that match, as in .gitignore.")
  static let exclude = Option<[String]>(
    "exclude", value: "PATTERN", help: "Leave out what matches, as in .gitignore.")
  static let verify = Option<Verification>(
    "verify", default: .etag,
    help: "How stored bytes are proved: by size and ETag where these can be computed, or by reading everything back.")

  static let declaration = Declaration(
    "migrate", abstract: "Store directories in Supabase, with a row and a proof for each file",
    discussion: """
      Every file is hashed, uploaded, proved to lie in the bucket byte for byte, and given its row and its link to the \
      conversation. The directories are only read. Symbolic links and special files are skipped.

      Run the same command again after an interruption, or at any time: it continues, and sends nothing that is there \
      already. One bad file does not end the run; the exit status is then 3, or the reason's own if all fail for one.

      With --json each file is one line {"type":"file",...}, and the last line is {"type":"summary",...}.
      """,
    examples: [
      Example("supastore migrate --dry-run ./documents", "See what would happen"),
      Example("supastore migrate ./documents", "Do it"),
      Example(
        "supastore migrate --exclude '*.tmp' --exclude 'drafts/' --conversation 7d3f ./documents",
        "Leave some files out and name the conversation"),
      Example("supastore migrate --json | jq -c 'select(.status == \"failed\")'", "List what failed"),
    ],
    directories, dryRun, jobs, conversation, type, include, exclude, verify)
}
