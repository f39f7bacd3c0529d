/// Everything that can be set, in the order in which people are told of it. The one table from which loading, `config
/// show`, `.env.example` and docs/configuration.md come.
public enum Setting: String, CaseIterable, Hashable, Sendable {
  case projectURL = "SUPABASE_URL"
  case serviceRoleKey = "SUPABASE_SERVICE_ROLE_KEY"
  case anonKey = "SUPABASE_ANON_KEY"
  case roots = "TEST_FILES_DIR"
  case mode = "SUPASTORE_MODE"
  case jobs = "SUPASTORE_JOBS"
  case stateDirectory = "SUPASTORE_STATE_DIR"
  case cacheDirectory = "SUPASTORE_CACHE_DIR"
  case cacheSize = "SUPASTORE_CACHE_SIZE"
  case allowHTTP = "SUPASTORE_ALLOW_HTTP"
  case certificateFile = "SUPASTORE_CA_FILE"
  case proxy = "SUPASTORE_PROXY"
  case quota = "SUPASTORE_QUOTA"
  case driveMap = "SUPASTORE_DRIVE_MAP"

  /// What values it takes.
  public enum Kind: Hashable, Sendable {
    case url
    /// Never shown; can be read from the file that `NAME_FILE` names.
    case secret
    case directory
    case directories
    case file
    case count(ClosedRange<Int>)
    /// Of bytes: `500`, `64KiB`, `10MB`.
    case size
    case flag
    case choice([String])
    case driveMap
  }

  /// The variable.
  public var name: String { rawValue }

  /// The variable that names a file with the value in place of the value.
  public var fileVariant: String? { isSecret ? "\(name)_FILE" : nil }

  public var isSecret: Bool { kind == .secret }

  public var kind: Kind {
    switch self {
    case .projectURL: .url
    case .serviceRoleKey, .anonKey, .proxy: .secret
    case .roots: .directories
    case .mode: .choice(["local", "prefer", "only"])
    case .jobs: .count(1...64)
    case .stateDirectory, .cacheDirectory: .directory
    case .cacheSize, .quota: .size
    case .allowHTTP: .flag
    case .certificateFile: .file
    case .driveMap: .driveMap
    }
  }

  /// The value when nobody sets one; nil where there is none, or it is found out.
  public var standardValue: String? {
    switch self {
    case .allowHTTP: "no"
    case .cacheSize: "1GiB"
    case .projectURL, .serviceRoleKey, .anonKey, .roots, .mode, .jobs, .stateDirectory, .cacheDirectory,
      .certificateFile, .proxy, .quota, .driveMap:
      nil
    }
  }

  public var help: String {
    switch self {
    case .projectURL: "The project's URL: in its dashboard under Settings, API."
    case .serviceRoleKey:
      "The service role key, legacy or sb_secret_…: in the dashboard under Settings, API. It may do everything: keep it."
    case .anonKey: "The anon or sb_publishable_… key, from the same place. Optional: only its presence is reported."
    case .roots:
      "The directory to migrate, or several, absolute, separated by ; , or :. Windows paths go through the drive map."
    case .mode:
      "local: into the local store; prefer: into Supabase, and while it is down into the local store; only: into Supabase or nowhere. Without it local, or prefer when a URL or a key is set."
    case .jobs: "Uploads at the same time, 1 to 64; without it as many as make it faster."
    case .stateDirectory:
      "Where the local store, journals and locks lie; without it $XDG_STATE_HOME/supastore or ~/.local/state/supastore."
    case .cacheDirectory:
      "Where downloaded files are kept; without it $XDG_CACHE_HOME/supastore or ~/.cache/supastore."
    case .cacheSize: "How much of downloaded files is kept, e.g. 500MiB or 10GB; 0 keeps none."
    case .allowHTTP: "yes allows http:// to other machines: the key then travels in the open."
    case .certificateFile: "Certificates, as PEM, to trust in place of the system's."
    case .proxy: "The proxy's URL; without it https_proxy and its kin count."
    case .quota: "How much the project may hold, e.g. 1GB; status warns when four fifths of it are used."
    case .driveMap:
      "Where drives of Windows, or folders on them, lie here, separated by ; or ,."
    }
  }

  /// For `.env.example`.
  public var example: String {
    switch self {
    case .projectURL: "https://abcdefghijklmnopqrst.supabase.co"
    case .serviceRoleKey, .anonKey: ""
    case .roots: "/srv/files"
    case .mode: "prefer"
    case .jobs: "8"
    case .stateDirectory: "/var/lib/supastore"
    case .cacheDirectory: "/var/cache/supastore"
    case .cacheSize: "1GiB"
    case .allowHTTP: "no"
    case .certificateFile: "/etc/ssl/certs/our-own.pem"
    case .proxy: "http://proxy.example:3128"
    case .quota: "1GB"
    case .driveMap: #"C:=/mnt/c;D:\Data=/srv/data"#
    }
  }

  /// Where to get a value, for whoever lacks it.
  var source: String {
    switch self {
    case .projectURL, .serviceRoleKey, .anonKey: "it stands in the project's dashboard under Settings, API"
    case .roots: "name the directories, or set it to them"
    case .mode, .jobs, .stateDirectory, .cacheDirectory, .cacheSize, .allowHTTP, .certificateFile, .proxy, .quota,
      .driveMap:
      "supastore config show lists every setting"
    }
  }
}
