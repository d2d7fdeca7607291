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
    name: name + "Tests", dependencies: ["TestSupport", .target(name: name)] + dependencies,
    exclude: resources ? ["Goldens"] : [], swiftSettings: settings)
}

let package = Package(
  name: "para",
  products: [
    .executable(name: "para", targets: ["para"]),
    .library(name: "ParaPipeline", targets: ["Pipeline", "Engine", "Scoring"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/stencilproject/Stencil", from: "0.15.1"),
  ],
  targets: [
    // What users run and import.
    .executableTarget(
      name: "para",
      dependencies: [
        "Pipeline", "Bench", "Reports", "Scoring", "Decoding", "Transformer", "Adapters",
        "Checkpoints", "Tensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    room(
      "Pipeline",
      [
        "Ingest", "Tokenizers", "Engine", "Transformer", "Adapters", "Checkpoints", "Decoding",
        "Scoring", "Reports",
        .product(name: "Yams", package: "Yams"), .product(name: "Stencil", package: "Stencil"),
        .product(name: "Logging", package: "swift-log"),
      ], exclude: ["Job/JOB.md"]),
    room("Reports", ["Scoring"]),
    room(
      "Bench", ["Engine", "Transformer", "Adapters", "Checkpoints", "Tensors", "Decoding"],
      exclude: ["NOTES.md"]),

    // The model, from its search down to its numbers.
    room("Engine", ["Transformer", "Adapters", "Tensors", "Decoding"]),
    room("Transformer", ["Adapters", "Checkpoints", "Tensors"]),
    room("Adapters", ["Checkpoints", "Tensors"], exclude: ["FORMAT.md"]),
    room("Checkpoints", ["Tensors", .product(name: "Crypto", package: "swift-crypto")]),
    room("Tensors", ["CKernels", "COpenBLAS"]),

    // Pure rooms.
    room("Decoding"),
    room("Scoring"),
    room("Tokenizers", ["JSON"]),
    room("JSON"),

    // Input.
    room("Ingest", ["Archives", "Markup", "JSON"]),
    room("Archives", ["CArchive"]),
    room("Markup", ["CXML2"]),

    // C.
    .target(name: "CKernels"),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),

    // Tests.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests(of: "Tensors", ["CKernels"]),
    tests(of: "Checkpoints", ["Tensors"]),
    tests(of: "Adapters", ["Transformer", "Checkpoints", "Tensors"], resources: true),
    tests(of: "Transformer", ["Adapters", "Checkpoints", "Tensors"], resources: true),
    tests(
      of: "Engine",
      ["Transformer", "Adapters", "Checkpoints", "Decoding", "Tensors", "Tokenizers"],
      resources: true),
    tests(of: "Bench", ["Transformer", "Adapters", "Checkpoints", "Tensors"]),
    tests(of: "Decoding", resources: true),
    tests(of: "Scoring", resources: true),
    tests(of: "Tokenizers", ["Archives"], resources: true),
    tests(of: "Ingest", ["JSON"]),
    tests(of: "Archives"),
    tests(of: "Markup"),
    tests(
      of: "Pipeline", ["Ingest", "Engine", "Transformer", "Decoding", "Scoring", "Checkpoints"],
      resources: true),
    .testTarget(
      name: "CommandTests", dependencies: ["TestSupport", "para"], swiftSettings: settings),
  ]
)
