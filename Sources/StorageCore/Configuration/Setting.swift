/// Everything that can be set, in the order in which people are told of it. The one table from which loading, `config
/// show`, `.env.example` and docs/configuration.md come.
public enum Setting: String, CaseIterable, Hashable, Sendable {
  /// `SUPABASE_URL`.
  case projectURL = "SUPABASE_URL"
  /// `SUPABASE_SERVICE_ROLE_KEY`.
  case serviceRoleKey = "SUPABASE_SERVICE_ROLE_KEY"
  /// `SUPABASE_ANON_KEY`.
  case anonKey = "SUPABASE_ANON_KEY"
  /// `TEST_FILES_DIR`: directories, with `:` between them.
  case roots = "TEST_FILES_DIR"
  /// `SUPASTORE_MODE`: `local`, `prefer` or `only`.
  case mode = "SUPASTORE_MODE"
  /// `SUPASTORE_JOBS`: transfers at one time.
  case jobs = "SUPASTORE_JOBS"
  /// `SUPASTORE_STATE_DIR`: what runs remember, and the local store.
  case stateDirectory = "SUPASTORE_STATE_DIR"
  /// `SUPASTORE_CACHE_DIR`: downloaded files.
  case cacheDirectory = "SUPASTORE_CACHE_DIR"
  /// `SUPASTORE_CACHE_SIZE`: bytes; 0 for no cache.
  case cacheSize = "SUPASTORE_CACHE_SIZE"
  /// `SUPASTORE_ALLOW_HTTP`: a project without TLS.
  case allowHTTP = "SUPASTORE_ALLOW_HTTP"
  /// `SUPASTORE_CA_FILE`: certificates in PEM.
  case certificateFile = "SUPASTORE_CA_FILE"
  /// `SUPASTORE_PROXY`.
  case proxy = "SUPASTORE_PROXY"
  /// `SUPASTORE_QUOTA`: bytes that the project may hold.
  case quota = "SUPASTORE_QUOTA"
  /// `SUPASTORE_DRIVE_MAP`.
  case driveMap = "SUPASTORE_DRIVE_MAP"

  /// What values it takes.
  public enum Kind: Hashable, Sendable {
    /// An http or https URL.
    case url
    /// Never shown; can be read from the file that `NAME_FILE` names.
    case secret
    /// One directory.
    case directory
    /// Any number, with `:` between them.
    case directories
    /// A file that can be read.
    case file
    /// A whole number in this range.
    case count(ClosedRange<Int>)
    /// Of bytes: `500`, `64KiB`, `10MB`.
    case size
    /// `yes` or `no`, or what means the same.
    case flag
    /// One of these words.
    case choice([String])
    /// Entries such as `C:=/mnt/c`, between `;` or `,`.
    case driveMap
  }

  /// The variable.
  public var name: String { rawValue }

  /// Every variable that may hold it: the dashboard of today calls the keys by other names than that of 2024.
  public var names: [String] {
    switch self {
    case .serviceRoleKey: [name, "SUPABASE_SECRET_KEY"]
    case .anonKey: [name, "SUPABASE_PUBLISHABLE_KEY"]
    case .projectURL, .roots, .mode, .jobs, .stateDirectory, .cacheDirectory, .cacheSize, .allowHTTP, .certificateFile,
      .proxy, .quota, .driveMap:
      [name]
    }
  }

  /// The variable that names a file with the value in place of the value.
  public var fileVariant: String? { isSecret ? "\(name)_FILE" : nil }

  /// Every variable that has to do with it.
  var variables: [String] { names + (isSecret ? names.map { "\($0)_FILE" } : []) }

  /// Whether its value is shown to nobody.
  public var isSecret: Bool { kind == .secret }

  /// What its value must look like.
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

  /// One line for people.
  public var help: String {
    switch self {
    case .projectURL: "The project's URL: in its dashboard under Settings, API."
    case .serviceRoleKey:
      "The secret key, sb_secret_…, or the legacy service role key: in the dashboard under Settings, API Keys. It may do everything: keep it. SUPABASE_SECRET_KEY is the same."
    case .anonKey:
      "The publishable key, sb_publishable_…, or the legacy anon key, from the same place. Optional: only its presence is reported. SUPABASE_PUBLISHABLE_KEY is the same."
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
    case .projectURL: "it stands in the project's dashboard under Settings, API"
    case .serviceRoleKey, .anonKey: "it stands in the project's dashboard under Settings, API Keys"
    case .roots: "name the directories, or set it to them"
    case .mode, .jobs, .stateDirectory, .cacheDirectory, .cacheSize, .allowHTTP, .certificateFile, .proxy, .quota,
      .driveMap:
      "supastore config show lists every setting"
    }
  }
}
