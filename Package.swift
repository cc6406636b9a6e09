// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["Gateway"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .systemLibrary(name: "CUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystem"),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(
            name: "CJSON",
            linkerSettings: [.linkedLibrary("simdjson")]
        ),
        .target(
            name: "CRegex",
            linkerSettings: [.linkedLibrary("re2")]
        ),
        .target(name: "CWeb"),
        .target(name: "Policies", swiftSettings: settings),
        .target(name: "Upstreams", dependencies: ["CCurl", "CHiredis", "CJSON"], swiftSettings: settings),
        .executableTarget(
            name: "Gateway",
            dependencies: [
                "Policies", "Upstreams", "CUV", "COpenSSL", "CSystem", "CJSON", "CRegex", "CWeb", "CXXHash",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Web/Pages"],
            swiftSettings: settings
        ),
        .testTarget(name: "PoliciesTests", dependencies: ["Policies"], swiftSettings: settings),
        .testTarget(
            name: "UpstreamsTests", dependencies: ["Upstreams"], exclude: ["Golden"], swiftSettings: settings),
        .testTarget(name: "GatewayTests", dependencies: ["Gateway"], exclude: ["Golden"], swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)
