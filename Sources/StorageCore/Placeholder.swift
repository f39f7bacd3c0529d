// StorageCore
