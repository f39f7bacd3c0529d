import Testing

@testable import SupabaseClient
