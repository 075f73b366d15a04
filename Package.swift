// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of this package is held to.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// What the targets of the program are held to besides: one call into the module of regular expressions, which every
/// file imports unasked, links its whole engine in and makes every start slower.
let lean: [SwiftSetting] =
    strict + [.unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: lean)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name), "TestSupport"] + dependencies,
        swiftSettings: strict
    )
}

let package = Package(
    name: "adr",
    products: [.executable(name: "adr", targets: ["adr"])],
    targets: [
        .executableTarget(name: "adr", dependencies: ["AdrCLI"], swiftSettings: lean),
        library("AdrCLI", ["CommandTable", "JMESPath", "Registry", "PKI", "Store", "JSON", "OpenSSL"]),
        library("CommandTable"),
        library("JMESPath", ["JSON"]),
        library("Registry", ["PKI", "Store", "JSON", "OpenSSL", "Threads"]),
        library("PKI", ["OpenSSL", "Threads"]),
        library("Store", ["JSON", "OpenSSL"]),
        library("JSON"),
        library("Threads"),
        library("OpenSSL", ["COpenSSL", "CTemplates"]),
        .target(name: "CTemplates", dependencies: ["COpenSSL"]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev", "pkg-config"])]),

        // Writes the manual pages; no product.
        .executableTarget(
            name: "ManPages",
            dependencies: ["AdrCLI", "CommandTable"],
            exclude: ["Prose"],
            swiftSettings: strict
        ),
        // `adr` over file operations that end the process where the tests say; no product.
        .executableTarget(
            name: "FaultyAdr",
            dependencies: ["AdrCLI", "Store"],
            path: "Tests/FaultyAdr",
            swiftSettings: strict
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        // A second opinion on who must be let in; without dependencies, so that it cannot be the program's own.
        .target(name: "LifeModel", path: "Tests/LifeModel", swiftSettings: strict),
        tests(of: "JSON"),
        tests(of: "Store", ["JSON", "OpenSSL"]),
        tests(of: "OpenSSL"),
        tests(of: "PKI", ["OpenSSL"]),
        tests(of: "CommandTable"),
        tests(of: "JMESPath", ["JSON"]),
        tests(of: "Registry", ["PKI", "Store", "JSON", "OpenSSL"]),
        .testTarget(
            name: "AdrTests",
            dependencies: [
                "AdrCLI", "CommandTable", "JMESPath", "Registry", "PKI", "Store", "JSON", "OpenSSL", "FaultyAdr",
                "LifeModel", "ManPages", "TestSupport",
            ],
            exclude: ["Screens"],
            swiftSettings: strict
        ),
    ]
)
