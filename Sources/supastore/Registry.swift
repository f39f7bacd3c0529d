internal import CommandTable
internal import SupastoreShell

/// The commands there are. A command appears here, and so in the help, once it works.
enum Registry {
  static let commands: [any Command.Type] = [
    TestConnectionCommand.self, SetupCommand.self, SchemaCommand.self, MigrateCommand.self, UploadCommand.self,
    DownloadCommand.self, ListCommand.self, InfoCommand.self, LinkCommand.self, UnlinkCommand.self,
    DeleteCommand.self, CleanupCommand.self, TrashListCommand.self, TrashRestoreCommand.self, TrashPurgeCommand.self,
    SyncCommand.self, VerifyCommand.self, StatusCommand.self, ConversationCreateCommand.self,
    ConversationListCommand.self, ConversationShowCommand.self, ConversationDeleteCommand.self,
    LocalCheckCommand.self, LocalRecoverCommand.self, CacheInfoCommand.self,
    CacheClearCommand.self, ConfigShowCommand.self, CompletionsCommand.self, CompleteCommand.self,
    VersionCommand.self, HelpCommand.self,
  ]

  static let program = Program(
    "supastore",
    abstract: "Move files into Supabase Storage, each proved and with its row in the database",
    footer: "Exit status: 0 done, 1 failed, 2 wrong usage; 'supastore help exit-codes' lists all.",
    globalOptions: GlobalOptions.all,
    groups: [
      CommandGroup("conversation", abstract: "Conversations with their files and messages"),
      CommandGroup("trash", abstract: "What was deleted and can be brought back"),
      CommandGroup("local", abstract: "The store on this machine, where files are kept without Supabase"),
      CommandGroup("cache", abstract: "Downloaded files that are kept on this machine"),
      CommandGroup("config", abstract: "What supastore is told by flags, environment and .env"),
    ],
    commands: commands.map { $0.declaration },
    topics: Topics.all)

  /// The command that a declaration of `program` belongs to.
  static func command(declaring name: String) -> (any Command.Type)? {
    commands.first { $0.declaration.name == name }
  }
}
