// swift-tools-version: 6.1
import PackageDescription

// The arrows between these targets are drawn in docs/architecture.md; scripts/check-imports keeps them.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "supastore",
  products: [
    .executable(name: "supastore", targets: ["supastore"]),
    .executable(name: "supastore-standin", targets: ["supastore-standin"]),
    .library(name: "StorageCore", targets: ["StorageCore"]),
  ],
  targets: [
    .systemLibrary(name: "CSupastoreCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSupastoreSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CSupastoreCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSupastorePostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CSupastoreLinux"),

    // What knows nothing of files or of Supabase.
    .target(name: "CommandTable", dependencies: ["StorageFormats"], swiftSettings: strict),
    .target(name: "StorageFormats", swiftSettings: strict),
    .target(name: "StorageDigests", dependencies: ["CSupastoreCrypto"], swiftSettings: strict),
    .target(name: "StorageSQLite", dependencies: ["CSupastoreSQLite"], swiftSettings: strict),
    .target(name: "CurlHTTP", dependencies: ["CSupastoreCurl"], swiftSettings: strict),
    .target(name: "SupabaseClient", dependencies: ["CurlHTTP", "StorageFormats"], swiftSettings: strict),

    // The library, from the bottom up.
    .target(name: "StorageModel", dependencies: ["StorageDigests", "StorageFormats"], swiftSettings: strict),
    .target(
      name: "StorageFiles", dependencies: ["StorageModel", "StorageDigests", "CSupastoreLinux"], swiftSettings: strict),
    .target(
      name: "StorageRunning", dependencies: ["StorageModel", "StorageFiles", "StorageSQLite"], swiftSettings: strict),
    .target(
      name: "StoragePlaces",
      dependencies: ["StorageModel", "StorageFiles", "StorageRunning", "StorageDigests", "StorageFormats"],
      swiftSettings: strict),
    .target(
      name: "SupabasePlace",
      dependencies: [
        "StorageModel", "StorageFiles", "StorageRunning", "StoragePlaces", "StorageFormats", "SupabaseClient",
        "CurlHTTP",
      ], swiftSettings: strict),
    .target(
      name: "LocalPlace",
      dependencies: [
        "StorageModel", "StorageFiles", "StorageRunning", "StoragePlaces", "StorageDigests", "StorageFormats",
        "StorageSQLite",
      ], swiftSettings: strict),
    .target(
      name: "StorageEngine",
      dependencies: [
        "StorageModel", "StorageFiles", "StorageRunning", "StoragePlaces", "StorageDigests", "StorageFormats",
        "StorageSQLite",
      ], swiftSettings: strict),
    .target(
      name: "StorageSync",
      dependencies: [
        "StorageModel", "StorageFiles", "StorageRunning", "StoragePlaces", "LocalPlace", "StorageEngine",
        "StorageSQLite",
      ], swiftSettings: strict),
    .target(
      name: "StorageCore",
      dependencies: [
        "StorageModel", "StorageFiles", "StorageRunning", "StoragePlaces", "SupabasePlace", "LocalPlace",
        "StorageEngine", "StorageSync", "StorageDigests", "StorageFormats", "SupabaseClient", "CurlHTTP",
      ],
      resources: [
        .embedInCode("Resources/Tables.sql"), .embedInCode("Resources/Access.sql"), .embedInCode("Resources/Trash.sql"),
        .embedInCode("Resources/Survey.sql"), .embedInCode("Resources/Removal.sql"),
        .embedInCode("Resources/Purge.sql"), .embedInCode("Resources/SchemaCatalog.sql"),
        .embedInCode("Resources/Grants.sql"),
      ], swiftSettings: strict),
    // The program.
    .target(
      name: "SupastoreShell", dependencies: ["StorageCore", "StorageFormats", "CommandTable"], swiftSettings: strict),
    .target(
      name: "SupastoreRendering", dependencies: ["SupastoreShell", "StorageCore", "CommandTable"], swiftSettings: strict
    ),
    .executableTarget(
      name: "supastore", dependencies: ["SupastoreRendering", "SupastoreShell", "StorageCore", "CommandTable"],
      swiftSettings: strict),

    .target(
      name: "StandIn", dependencies: ["CSupastorePostgres", "CSupastoreCrypto", "CSupastoreLinux"],
      resources: [
        .embedInCode("Resources/Roles.sql"), .embedInCode("Resources/DefaultPrivileges.sql"),
        .embedInCode("Resources/Phase1.sql"), .embedInCode("Storage/Storage.sql"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "supastore-standin", dependencies: ["StandIn"], swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["StorageFiles", "StandIn"], path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "CommandTableTests", dependencies: ["CommandTable", "StorageFormats"], swiftSettings: strict),
    .testTarget(name: "StorageDigestsTests", dependencies: ["StorageDigests"], swiftSettings: strict),
    .testTarget(name: "StorageSQLiteTests", dependencies: ["StorageSQLite"], swiftSettings: strict),
    .testTarget(
      name: "CurlHTTPTests", dependencies: ["CurlHTTP", "TestSupport", "CSupastoreLinux"], swiftSettings: strict),
    .testTarget(
      name: "SupabaseClientTests",
      dependencies: ["SupabaseClient", "CurlHTTP", "StorageFormats", "StandIn", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "StorageCoreTests",
      dependencies: [
        "StorageCore", "StorageModel", "StorageFiles", "StorageRunning", "StoragePlaces", "SupabasePlace", "LocalPlace",
        "StorageEngine", "StorageSync", "StorageDigests", "StorageFormats", "StorageSQLite", "SupabaseClient",
        "CurlHTTP",
        "StandIn", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "StandInTests", dependencies: ["StandIn", "TestSupport", "CSupastoreCrypto"], exclude: ["Recordings"],
      swiftSettings: strict),
    .testTarget(
      name: "SupastoreTests",
      dependencies: [
        "StorageCore", "StorageModel", "StorageFiles", "StorageRunning", "StoragePlaces", "LocalPlace", "StorageEngine",
        "StorageDigests", "StorageSQLite", "CommandTable", "SupastoreShell",
        "SupastoreRendering", "TestSupport", "supastore", "supastore-standin",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
