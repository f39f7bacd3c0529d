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
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CLinux"),

    .target(name: "CommandTable", swiftSettings: strict),
    .target(name: "Digests", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: strict),
    .target(name: "CurlHTTP", dependencies: ["CCurl"], swiftSettings: strict),
    .target(name: "SupabaseClient", dependencies: ["CurlHTTP"], swiftSettings: strict),
    .target(
      name: "StorageCore", dependencies: ["SupabaseClient", "SQLite", "Digests"],
      resources: [
        .embedInCode("Resources/Tables.sql"), .embedInCode("Resources/Access.sql"), .embedInCode("Resources/Trash.sql"),
        .embedInCode("Resources/Survey.sql"), .embedInCode("Resources/Removal.sql"),
        .embedInCode("Resources/Purge.sql"), .embedInCode("Resources/SchemaCatalog.sql"),
        .embedInCode("Resources/Grants.sql"),
      ], swiftSettings: strict),
    .executableTarget(name: "supastore", dependencies: ["StorageCore", "CommandTable"], swiftSettings: strict),

    .target(
      name: "StandIn", dependencies: ["CPostgres", "CCrypto", "CLinux"],
      resources: [
        .embedInCode("Resources/Roles.sql"), .embedInCode("Resources/DefaultPrivileges.sql"),
        .embedInCode("Resources/Phase1.sql"), .embedInCode("Storage/Storage.sql"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "supastore-standin", dependencies: ["StandIn"], swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["StorageCore", "StandIn"], path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "CommandTableTests", dependencies: ["CommandTable"], swiftSettings: strict),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
    .testTarget(name: "SQLiteTests", dependencies: ["SQLite"], swiftSettings: strict),
    .testTarget(name: "CurlHTTPTests", dependencies: ["CurlHTTP", "TestSupport", "CLinux"], swiftSettings: strict),
    .testTarget(name: "SupabaseClientTests", dependencies: ["SupabaseClient", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "StorageCoreTests", dependencies: ["StorageCore", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "StandInTests", dependencies: ["StandIn", "TestSupport", "CCrypto"], exclude: ["Recordings"],
      swiftSettings: strict),
    .testTarget(
      name: "SupastoreTests",
      dependencies: ["StorageCore", "CommandTable", "TestSupport", "supastore", "supastore-standin"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
