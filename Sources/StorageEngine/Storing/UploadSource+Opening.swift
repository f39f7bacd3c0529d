internal import StorageFiles
internal import StorageModel
internal import StorageRunning

extension UploadSource {
  /// Looks at what is to be stored, and reads what lies in no file. What cannot be stored is `.refused`.
  ///
  /// Throws `.interrupted` when `stop` was raised, or the task cancelled, before a descriptor had come to its end.
  func opened(
    for destination: SourceReader.Destination, spoolingIn directory: LocalPath, until stop: StopSignal
  ) async throws(StorageError) -> MigrationSource {
    do throws(StorageError) {
      if let name, !destination.allowsSensitive, name.looksSensitive { throw .sensitive }
      switch content {
      case .either(let path, let patterns) where path.isDirectory:
        return .tree(try Self.root(path), patterns)
      case .file(let path), .either(let path, _):
        return .file(
          MigratingFile(
            .path(path), name: name ?? path.baseName ?? path, label: label, mediaType: mediaType,
            status: try Self.status(of: path)))
      case .directory(let path, let patterns):
        return .tree(try Self.root(path), patterns)
      case .descriptor(let number):
        let limit = destination.byteLimit
        let file = try await Spooler().spool(number, named: label, in: directory, limit: limit, until: stop)
        guard let file else { throw .tooLarge(byteCount: nil, destination.bucket) }
        return .file(spooled(file))
      case .bytes(let bytes):
        return .file(spooled(try await Spooler().spool(bytes, named: label, in: directory)))
      case .unusable(let error):
        throw error
      }
    } catch {
      if error.code == .interrupted { throw error }
      return .refused(refused(error, for: destination))
    }
  }

  /// The outcome of something that failed before anything was known of it.
  func refused(_ error: StorageError, for destination: SourceReader.Destination) -> FileOutcome {
    FileOutcome(
      status: .failed, path: label, bucket: destination.bucket.name,
      originalName: (name ?? label.baseName ?? label).repaired, continuationID: destination.continuationID, error: error
    )
  }

  private func spooled(_ file: SourceFile) -> MigratingFile {
    MigratingFile(.spooled(file), name: name ?? label, label: label, mediaType: mediaType, status: file.status)
  }

  private static func status(of path: LocalPath) throws(StorageError) -> FileStatus {
    do throws(FileError) {
      return try SourceFile(at: path).status
    } catch {
      throw StorageError(error)
    }
  }

  private static func root(_ path: LocalPath) throws(StorageError) -> SourceRoot {
    do throws(FileError) {
      return try SourceRoot(at: path)
    } catch {
      throw StorageError(error)
    }
  }
}
