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
    .library(name: "ParaPipeline", targets: ["ParaPipeline", "ParaEngine", "ParaScoring"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/stencilproject/Stencil", from: "0.15.1"),
  ],
  targets: [
    // What users run and import.
    .executableTarget(
      name: "para",
      dependencies: [
        "ParaPipeline", "ParaBench", "ParaReports", "ParaScoring", "ParaDecoding", "ParaModel",
        "ParaAdapters",
        "ParaCheckpoints", "ParaTensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    room(
      "ParaPipeline",
      [
        "ParaIngest", "ParaTokenizers", "ParaEngine", "ParaModel", "ParaAdapters",
        "ParaCheckpoints", "ParaDecoding",
        "ParaScoring", "ParaReports",
        .product(name: "Yams", package: "Yams"), .product(name: "Stencil", package: "Stencil"),
        .product(name: "Logging", package: "swift-log"),
      ], exclude: ["Job/JOB.md"]),
    room("ParaReports", ["ParaScoring"]),
    room(
      "ParaBench",
      [
        "ParaEngine", "ParaModel", "ParaAdapters", "ParaCheckpoints", "ParaTensors", "ParaDecoding",
      ],
      exclude: ["NOTES.md", "RESULTS.md"]),

    // The model, from its search down to its numbers.
    room("ParaEngine", ["ParaModel", "ParaAdapters", "ParaTensors", "ParaDecoding"]),
    room("ParaAdapters", ["ParaModel", "ParaCheckpoints", "ParaTensors"], exclude: ["FORMAT.md"]),
    room("ParaModel", ["ParaCheckpoints", "ParaTensors"]),
    room("ParaCheckpoints", ["ParaTensors", "CParaNettle"]),
    room("ParaTensors", ["CParaKernels", "CParaOpenBLAS"]),

    // Pure rooms.
    room("ParaDecoding"),
    room("ParaScoring"),
    room("ParaTokenizers", ["ParaJSON"]),
    room("ParaJSON"),

    // Input.
    room("ParaIngest", ["ParaArchives", "ParaMarkup", "ParaJSON"]),
    room("ParaArchives", ["CParaArchive"]),
    room("ParaMarkup", ["CParaXML2"]),

    // C.
    .target(name: "CParaKernels"),
    .systemLibrary(
      name: "CParaOpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CParaArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CParaNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(name: "CParaXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),

    // Tests.
    .target(name: "ParaTestSupport", path: "Tests/ParaTestSupport", swiftSettings: settings),
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
    tests(of: "ParaScoring", resources: true),
    tests(of: "ParaTokenizers", ["ParaArchives"], resources: true),
    tests(of: "ParaIngest", ["ParaJSON"]),
    tests(of: "ParaArchives"),
    tests(of: "ParaMarkup"),
    tests(
      of: "ParaPipeline",
      ["ParaIngest", "ParaEngine", "ParaModel", "ParaDecoding", "ParaScoring", "ParaCheckpoints"],
      resources: true),
    .testTarget(
      name: "CommandTests", dependencies: ["ParaTestSupport", "para"], swiftSettings: settings),
  ]
)
