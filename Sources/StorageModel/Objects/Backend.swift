/// The two places where files can be kept.
public enum Backend: String, Sendable {
  /// A project, or the local store of this machine.
  case supabase, local
}

/// Where files go, as somebody chose it.
public enum StorageMode: String, Sendable {
  /// Into the local store; no Supabase is needed.
  case local
  /// Into Supabase, and while it is down into the local store, from which `sync` sends it.
  case prefer
  /// Into Supabase, or nowhere.
  case only
}
