internal import StorageModel

extension StorageError {
  /// What a local fault means for somebody who stores files.
  package init(_ error: FileError) {
    let file = Cause.file(error.path)
    switch error {
    case .failed(.write, _, _), .failed(.create, _, _):
      self.init(.unwritable, error.description, hint: "see to the permissions and the space there", cause: file)
    case .notRegular(_, .symbolicLink):
      self.init(.unreadable, error.description, hint: "name the file that it leads to", cause: file)
    case .notRegular(_, .directory):
      self.init(.unreadable, error.description, hint: "store a directory with `supastore upload -r`", cause: file)
    case .failed, .notRegular, .tooDeep, .undigestible:
      self.init(.unreadable, error.description, hint: "see to its name and permissions, or leave it out", cause: file)
    case .changed:
      self.init(
        .changed, error.description, hint: "run the same command when nothing writes to it", retry: .soon,
        cause: file)
    }
  }
}
