import Testing

@testable import CommandTable
