package import StorageCore

extension CommandContext {
  /// The cache of downloaded files; nil when it is switched off or has no place.
  package func cache(_ configuration: Configuration) throws -> DownloadCache? {
    guard configuration.cacheByteLimit > 0 else { return nil }
    guard let directory = try configuration.cacheDirectory() else {
      console.detail("there is no cache: neither HOME nor XDG_CACHE_HOME nor SUPASTORE_CACHE_DIR is set")
      return nil
    }
    return DownloadCache(at: directory, byteLimit: configuration.cacheByteLimit) { [console] in console.detail($0) }
  }
}
