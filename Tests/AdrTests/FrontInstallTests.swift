import Foundation
import TestSupport
import Testing

@testable import AdrCLI

/// `make install` and `make uninstall`, below a folder of their own, with a program that is built already.
@Suite struct FrontInstallTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// A folder things are installed below.
    private struct Site {
        let scratch: Scratch
        var path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

        init(_ name: String = #function) { scratch = Scratch(name) }

        var root: String { scratch.file("root") }

        func make(_ target: String, _ settings: String...) throws -> Outcome {
            // The variables of a `make test` around the tests are not for this one.
            try Run.command(
                ["make", "--no-print-directory", target, "DESTDIR=\(root)", "PREFIX=/usr", "BINARY=\(Binary.adr)"]
                    + settings,
                environment: ["PATH": path, "HOME": scratch.path],
                directory: FrontInstallTests.repository
            )
        }

        /// Everything below the folder that is no folder, with its mode; a link with where it leads.
        func files() throws -> [String: String] {
            var found: [String: String] = [:]
            for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
                switch attributes[.type] as? FileAttributeType {
                case .typeDirectory: continue
                case .typeSymbolicLink:
                    found[name] = try FileManager.default.destinationOfSymbolicLink(atPath: "\(root)/\(name)")
                default: found[name] = String((attributes[.posixPermissions] as? Int) ?? 0, radix: 8)
                }
            }
            return found
        }
    }

    private func expected() throws -> [String: String] {
        var files = [
            "usr/bin/adr": "755", "usr/share/bash-completion/completions/adr": "644",
            "usr/share/zsh/site-functions/_adr": "644", "usr/share/fish/vendor_completions.d/adr.fish": "644",
        ]
        for page in try FileManager.default.contentsOfDirectory(atPath: "\(Self.repository)/man") {
            files["usr/share/man/man\(page.last ?? "?")/\(page)"] = "644"
        }
        return files
    }

    @Test func everythingIsPutInItsPlaceAndTakenAway() throws {
        let site = Site()
        let installed = try site.make("install")
        try #require(installed.status == 0, "\(installed)")
        let expected = try expected()
        #expect(expected.count > 10)
        #expect(try site.files() == expected)
        // Twice is once.
        #expect(try site.make("install").status == 0)
        #expect(try site.files() == expected)

        let program = "\(site.root)/usr/bin/adr"
        #expect(try Run.command([program, "--version"]).output == "adr \(Program.version)\n")
        let names = try Run.command(["sh", "-c", "readelf -S '\(program)' | grep -c '\\.symtab'"])
        #expect(names.output == "0\n", "it is not stripped")

        site.scratch.write("root/usr/bin/other", "")
        site.scratch.write("root/usr/share/man/man1/other.1", "")
        #expect(try site.make("uninstall").status == 0)
        #expect(try Set(site.files().keys) == ["usr/bin/other", "usr/share/man/man1/other.1"])
        #expect(try site.make("uninstall").status == 0)
    }

    @Test func withoutAProgramNothingIsInstalled() throws {
        let site = Site()
        let outcome = try site.make("install", "BINARY=\(site.scratch.file("nowhere"))")
        #expect(outcome.status != 0 && outcome.errors.contains("make build"), "\(outcome)")
        #expect(try site.files().isEmpty)
    }

    @Test(.peer("man")) func pagesAreFound() throws {
        let site = Site()
        #expect(try site.make("install").status == 0)
        let manual = "\(site.root)/usr/share/man"
        for (section, page) in [("1", "adr"), ("1", "adr-hub"), ("5", "adr-store"), ("7", "adr-csr")] {
            let outcome = try Run.command(["man", "-M", manual, "-w", section, page])
            #expect(outcome.output == "\(manual)/man\(section)/\(page).\(section)\n", "\(outcome)")
        }
    }

    /// Through bash-completion's own loader where it is installed, which looks below `XDG_DATA_DIRS`.
    @Test func bashFindsTheCompletion() throws {
        let site = Site()
        #expect(try site.make("install").status == 0)
        let loader = "/usr/share/bash-completion/bash_completion"
        let hasLoader = FileManager.default.fileExists(atPath: loader)
        let load =
            hasLoader
            ? ". \(loader); _completion_loader adr || true"
            : ". '\(site.root)/usr/share/bash-completion/completions/adr'"
        let script = """
            \(load)
            complete -p adr
            COMP_LINE='adr ns cr' COMP_POINT=9 COMP_WORDS=(adr ns cr) COMP_CWORD=2
            compopt() { :; }
            _adr adr cr ns 2>/dev/null
            echo "${COMPREPLY[@]}"
            """
        let outcome = try Run.command(
            ["bash", "--norc", "-c", script],
            environment: [
                "PATH": "\(site.root)/usr/bin:\(site.path)", "HOME": site.scratch.path,
                "XDG_DATA_DIRS": "\(site.root)/usr/share",
            ]
        )
        #expect(outcome.output.contains("complete -o nosort -F _adr adr\n"), "\(outcome)")
        #expect(outcome.output.contains("create"), "\(outcome)")
    }

    // MARK: - Under the name of az

    @Test func azIsALinkToAdr() throws {
        let site = Site()
        let installed = try site.make("install", "AZ_SHIM=1")
        try #require(installed.status == 0, "\(installed)")
        var withLink = try expected()
        withLink["usr/bin/az"] = "adr"
        #expect(try site.files() == withLink)
        let az = "\(site.root)/usr/bin/az"
        #expect(try Run.command([az, "login"]).errors.hasPrefix("ERROR: 'az login' is not here"))
        // Our own link is in nobody's way, found in PATH or not.
        #expect(try site.make("install", "AZ_SHIM=1").status == 0)
        var found = site
        found.path = "\(site.root)/usr/bin:\(site.path)"
        #expect(try found.make("install", "AZ_SHIM=1").status == 0)
        #expect(try site.make("uninstall").status == 0)
        #expect(try site.files().isEmpty)
    }

    @Test func anAzThatIsThereIsNotShadowed() throws {
        var site = Site()
        let other = site.scratch.write("elsewhere/az", "#!/bin/sh\n")
        site.path += ":" + site.scratch.file("elsewhere")
        let shadowing = try site.make("install", "AZ_SHIM=1")
        #expect(shadowing.status != 0 && shadowing.errors.contains("\(other) is there"), "\(shadowing)")
        #expect(try site.files().isEmpty)
        // Without the link there is nothing to shadow.
        #expect(try site.make("install").status == 0)
        #expect(try site.files() == expected())
    }

    @Test(arguments: ["file", "link", "broken"]) func anAzAtTheTargetIsKept(kind: String) throws {
        let site = Site("anAzAtTheTargetIsKept\(kind)")
        let az = "\(site.root)/usr/bin/az"
        site.scratch.write("root/usr/bin/other", "other")
        switch kind {
        case "file": site.scratch.write("root/usr/bin/az", "theirs")
        default:
            let target = kind == "link" ? "other" : "/nowhere/az"
            try FileManager.default.createSymbolicLink(atPath: az, withDestinationPath: target)
        }
        let before = try site.files()
        let outcome = try site.make("install", "AZ_SHIM=1")
        #expect(outcome.status != 0 && outcome.errors.contains("\(az) is there"), "\(outcome)")
        #expect(try site.files() == before)
        // Nor is it taken away afterwards.
        #expect(try site.make("install").status == 0)
        #expect(try site.make("uninstall").status == 0)
        #expect(try site.files() == before)
    }
}
