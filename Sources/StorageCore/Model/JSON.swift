public import SupabaseClient

/// Any JSON, as the `metadata` columns hold it.
public typealias JSONValue = SupabaseClient.JSONValue
