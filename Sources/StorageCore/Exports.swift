// Whoever imports StorageCore sees what its declarations speak of, wherever that is declared.
@_exported public import LocalPlace
@_exported public import StorageDigests
@_exported public import StorageEngine
@_exported public import StorageFiles
@_exported public import StorageFormats
@_exported public import StorageModel
@_exported public import StoragePlaces
@_exported public import StorageRunning
@_exported public import StorageSync
@_exported public import SupabaseClient
