// SupabaseClient
