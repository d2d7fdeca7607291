// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], resources: Bool = false)
  -> Target
{
  .testTarget(
    name: name + "Tests", dependencies: ["ParaTestSupport", .target(name: name)] + dependencies,
    exclude: resources ? ["Goldens"] : [], swiftSettings: settings)
}

let package = Package(
  name: "para",
  products: [
    .executable(name: "para", targets: ["para"]),
    .library(name: "ParaPipeline", targets: ["ParaPipeline"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // What users run and import.
    .executableTarget(
      name: "para",
      dependencies: [
        "ParaPipeline", "ParaInspection", "ParaBench", "ParaReports", "ParaScoring",
        "ParaDecoding", "ParaModel", "ParaAdapters", "ParaCheckpoints", "ParaTensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    room(
      "ParaPipeline",
      [
        "ParaFlow", "ParaJobs", "ParaPrompts", "ParaTasks", "ParaResults", "ParaReports",
        "ParaScoring",
        "ParaIngest", "ParaJSON", "ParaTokenizers", "ParaEngine", "ParaModel", "ParaAdapters",
        "ParaCheckpoints", "ParaTensors", "ParaDecoding",
        .product(name: "Logging", package: "swift-log"),
      ]),
    room(
      "ParaInspection",
      [
        "ParaJobs", "ParaReports", "ParaIngest", "ParaJSON", "ParaTokenizers", "ParaAdapters",
        "ParaModel", "ParaCheckpoints", "ParaDecoding",
      ]),
    room(
      "ParaBench",
      [
        "ParaEngine", "ParaModel", "ParaAdapters", "ParaCheckpoints", "ParaTensors", "ParaDecoding",
      ],
      exclude: ["NOTES.md", "RESULTS.md"]),

    // From a job file to rows, from rows to results.
    room(
      "ParaJobs",
      [
        "ParaPrompts", "ParaTasks", "ParaScoring", "ParaReports", "ParaIngest", "ParaAdapters",
        "ParaCheckpoints", "ParaTensors", "ParaDecoding", "ParaJSON", "ParaTokenizers",
        .product(name: "Yams", package: "Yams"),
      ], exclude: ["JOB.md"]),
    room("ParaPrompts", ["ParaFlow", "ParaJSON", "ParaJinja", "ParaTokenizers"]),
    room(
      "ParaTasks",
      ["ParaScoring", "ParaSQL", "ParaJSON", "ParaJinja", .product(name: "Yams", package: "Yams")]),
    room("ParaPredictions", ["ParaJSON"]),
    room("ParaResults", ["ParaFlow", "CParaZlib"]),
    room("ParaReports", ["ParaScoring"]),
    room("ParaFlow"),

    // The model, from its search down to its numbers.
    room("ParaEngine", ["ParaModel", "ParaAdapters", "ParaTensors", "ParaDecoding"]),
    room(
      "ParaAdapters", ["ParaModel", "ParaCheckpoints", "ParaTensors", "ParaRegex", "ParaJSON"],
      exclude: ["FORMAT.md"]),
    room("ParaModel", ["ParaCheckpoints", "ParaTensors"]),
    room("ParaCheckpoints", ["ParaTensors", "ParaJSON", "CParaNettle"]),
    room("ParaTensors", ["CParaKernels", "CParaOpenBLAS"]),

    // Pure rooms.
    room("ParaDecoding"),
    room(
      "ParaScoring",
      ["ParaJSON", "ParaRegex", "ParaSQL", .product(name: "BigInt", package: "BigInt")]),
    room(
      "ParaSQL",
      [
        "ParaJSON", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    room("ParaTokenizers", ["ParaJSON"]),
    room("ParaJSON"),
    room("ParaRegex", ["CParaPCRE2"]),
    room(
      "ParaJinja",
      [
        "ParaJSON", "ParaRegex", .product(name: "BigInt", package: "BigInt"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),

    // Input.
    room("ParaIngest", ["ParaArchives", "ParaMarkup", "ParaJSON"]),
    room("ParaArchives", ["CParaArchive", "CParaZlib"]),
    room("ParaMarkup", ["CParaXML2"]),

    // C.
    .target(name: "CParaKernels"),
    .systemLibrary(
      name: "CParaOpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CParaArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CParaNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(
      name: "CParaPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CParaZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CParaXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),

    // Tests.
    .target(
      name: "ParaTestSupport", dependencies: ["ParaTensors"], path: "Tests/ParaTestSupport",
      swiftSettings: settings),
    tests(of: "ParaTensors", ["CParaKernels"]),
    tests(of: "ParaCheckpoints", ["ParaTensors"]),
    tests(of: "ParaAdapters", ["ParaModel", "ParaCheckpoints", "ParaTensors"], resources: true),
    tests(of: "ParaModel", ["ParaAdapters", "ParaCheckpoints", "ParaTensors"], resources: true),
    tests(
      of: "ParaEngine",
      [
        "ParaModel", "ParaAdapters", "ParaCheckpoints", "ParaDecoding", "ParaTensors",
        "ParaTokenizers",
      ],
      resources: true),
    tests(of: "ParaBench", ["ParaModel", "ParaAdapters", "ParaCheckpoints", "ParaTensors"]),
    tests(of: "ParaDecoding", resources: true),
    tests(of: "ParaScoring", ["ParaJSON", "ParaSQL"], resources: true),
    tests(of: "ParaSQL", ["ParaJSON"]),
    tests(of: "ParaTokenizers", ["ParaArchives", "ParaJSON"], resources: true),
    tests(of: "ParaJSON"),
    tests(of: "ParaRegex", ["ParaArchives", "ParaJSON"], resources: true),
    tests(of: "ParaJinja", ["ParaArchives", "ParaJSON"], resources: true),
    tests(of: "ParaIngest", ["ParaJSON"]),
    tests(of: "ParaArchives", ["CParaZlib"]),
    tests(of: "ParaMarkup"),
    tests(of: "ParaFlow"),
    tests(
      of: "ParaJobs",
      [
        "ParaPrompts", "ParaTasks", "ParaIngest", "ParaScoring", "ParaCheckpoints", "ParaDecoding",
        "ParaTensors",
      ]
    ),
    tests(of: "ParaPrompts", ["ParaJSON", "ParaTokenizers"], resources: true),
    tests(of: "ParaTasks", ["ParaScoring", "ParaJSON", "ParaJinja"], resources: true),
    tests(of: "ParaPredictions", ["ParaJSON"]),
    tests(of: "ParaResults", ["ParaFlow", "CParaZlib"]),
    tests(of: "ParaReports", ["ParaScoring"]),
    tests(of: "ParaInspection"),
    tests(
      of: "ParaPipeline",
      [
        "ParaFlow", "ParaJobs", "ParaPrompts", "ParaIngest", "ParaJSON", "ParaEngine", "ParaModel",
        "ParaDecoding",
      ]
    ),
    .testTarget(
      name: "CommandTests",
      dependencies: ["ParaTestSupport", "para", "ParaPipeline"],
      swiftSettings: settings),
  ]
)
