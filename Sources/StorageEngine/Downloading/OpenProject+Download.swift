public import StorageModel

extension OpenProject {
  /// Downloads one stored file, verified against its row's digest while it arrives. The target is absent, what it was
  /// before, or the whole content; never less.
  ///
  /// A transfer that breaks off is taken up where it ended, as long as the object is the same.
  /// Throws as `Downloader.download` does, which also fetches many at a time.
  public func download(
    _ reference: FileReference, to target: DownloadTarget, options: DownloadOptions = DownloadOptions(),
    cache: DownloadCache? = nil
  ) async throws -> DownloadedFile {
    try await Downloader(self, cache: cache).download(reference, to: target, options: options)
  }
}
