internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

extension LocalStore: Place {
  nonisolated var backend: Backend { .local }
  nonisolated var objects: any ObjectStore { LocalObjectStore(store: self) }
  nonisolated var rows: any FileRepository { LocalFileRepository(store: self) }
  nonisolated var trash: any Trash { LocalTrash(store: self) }
  nonisolated var url: String? { nil }
  nonisolated var requestCount: Int { 0 }
  nonisolated var time: Timestamp? { .now }

  nonisolated func promisesTrash(_ retrier: Retrier) -> Bool { true }
}
