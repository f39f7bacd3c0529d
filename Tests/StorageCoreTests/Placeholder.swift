import Testing

@testable import StorageCore
