import CommandTable
import Foundation
import PKI
import Registry
import TestSupport
import Testing

@testable import AdrCLI

/// The manual pages in `man/`: fresh, free of complaints, and complete.
struct ManPageTests {
    static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardizedFileURL.path
    static let folder = "\(root)/man"

    static func pages() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    static func source(_ page: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(page)", encoding: .utf8)
    }

    @Test func thePagesAreFresh() throws {
        let tool = try #require(Binary.sibling("ManPages"))
        let scratch = Scratch()
        let outcome = try Run.command([tool, "\(Self.root)/Sources/ManPages/Prose", scratch.path])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let made = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(made == (try Self.pages()))
        for page in made {
            #expect(try scratch.text(page) == Self.source(page), "man/\(page) is not fresh: make man")
        }
    }

    @Test func theToolSaysWhatItCannotDo() throws {
        let tool = try #require(Binary.sibling("ManPages"))
        let scratch = Scratch()
        func complaint(_ page: String, _ template: String) throws -> String {
            scratch.write("prose/\(page).mdoc", template)
            let outcome = try Run.command([tool, scratch.file("prose"), scratch.path])
            try FileManager.default.removeItem(atPath: scratch.file("prose/\(page).mdoc"))
            return outcome.status == 1 ? outcome.errors : "exited \(outcome.status)"
        }
        #expect(try complaint("adr-ns.1", "@command ns frobnicate\n").contains("adr-ns.1.mdoc:1: 'ns frobnicate'"))
        #expect(try complaint("adr-ns.1", "@title\n@surprise\n").contains("adr-ns.1.mdoc:2: '@surprise'"))
        #expect(try complaint("adr-ns.1", "@include nothing\n").contains("nothing.mdoc: No such file"))
        #expect(try complaint("adr-ns.1", "@title\n").contains("'status' is described on 0 pages"))
    }

    /// The pages as `man` finds them: in folders by section.
    private func installed(_ name: String = #function) throws -> Scratch {
        let scratch = Scratch(name)
        for page in try Self.pages() {
            scratch.write("man\(page.suffix(1))/\(page)", try Self.source(page))
        }
        return scratch
    }

    @Test(.peer("mandoc")) func mandocHasNothingToSay() throws {
        let scratch = try installed()
        let files = try Self.pages().map { scratch.file("man\($0.suffix(1))/\($0)") }
        var environment = ProcessInfo.processInfo.environment
        environment["MANPATH"] = scratch.path
        // Its complaints are its output; on standard error it only misses an index of the folder.
        let outcome = try Run.command(["mandoc", "-Tlint", "-Wstyle"] + files, environment: environment)
        #expect(outcome.output.isEmpty, "\(outcome.output)")
        #expect(outcome.status == 0)
    }

    @Test(.peer("groff")) func groffHasNothingToSay() throws {
        for page in try Self.pages() {
            let outcome = try Run.command(["groff", "-mdoc", "-ww", "-Tutf8", "\(Self.folder)/\(page)"])
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(page): \(outcome.errors)")
        }
    }

    @Test(.peer("man")) func manHasNothingToSay() throws {
        for page in try Self.pages() {
            let outcome = try Run.command(["man", "--warnings", "-l", "\(Self.folder)/\(page)"])
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(page): \(outcome.errors)")
        }
    }

    // MARK: Complete

    @Test func everyGroupHasItsPage() throws {
        let groups = Set(TableTests.table.groups().map { $0.words[0] })
        let pages = try Self.pages()
        #expect(Set(pages) == Set(groups.map { "adr-\($0).1" } + ["adr.1", "adr-store.5", "adr-csr.7"]))
        let overview = try Self.source("adr.1")
        for page in pages where page != "adr.1" {
            let name = page.dropLast(2)
            #expect(overview.contains(".Xr \(name) \(page.suffix(1))"), "adr.1 does not refer to \(page)")
        }
    }

    /// Everything a command takes stands in the list below its own heading.
    @Test(arguments: TableTests.commands.map(\.words)) func everyOptionIsOnItsPage(_ words: [String]) throws {
        let command = try #require(TableTests.commands.first { $0.words == words })
        let page = words.count == 1 ? "adr.1" : "adr-\(words[0]).1"
        let lines = try Self.source(page).replacingOccurrences(of: "\\-", with: "-").components(separatedBy: "\n")
        let heading = try #require(lines.firstIndex(of: ".Ss adr \(words.joined(separator: " "))"))
        let section = lines[(heading + 1)...].prefix { !$0.hasPrefix(".S") }
        let terms = section.filter { $0.hasPrefix(".It ") }.map { $0.split(separator: " ").map(String.init) }
        for use in command.arguments where !use.isHidden {
            let shape = use.shape
            let names = shape.names.map { shape.isPositional ? $0 : String($0.dropFirst()) }
            let term = terms.first { Set(names).isSubset(of: $0) }
            #expect(term != nil, "\(page), \(words): \(shape.names)")
            #expect(term?.contains("required") == use.isRequired, "\(page), \(words): \(shape.names)")
        }
        let variables = command.arguments.flatMap(\.shape.environment)
        let named = lines.filter { $0.hasPrefix(".It Ev ") }.joined(separator: " ")
        for variable in variables { #expect(named.contains(variable), "\(page): \(variable)") }
    }

    @Test func everyGlobalOptionIsOnEveryPage() throws {
        for group in TableTests.table.groups() {
            let source = try Self.source("adr-\(group.words[0]).1").replacingOccurrences(of: "\\-", with: "-")
            for name in TableTests.table.globals.flatMap(\.shape.names) {
                let isNamed = source.components(separatedBy: "\n").contains { line in
                    line.hasPrefix(".Fl ") && line.split(separator: " ").contains(name.dropFirst())
                }
                #expect(isNamed, "adr-\(group.words[0]).1: \(name)")
            }
        }
    }

    /// The requirements of a CSR stand on their page in the order in which they are judged.
    @Test func everyRequirementOfACSRIsExplained() throws {
        let terms = try Self.source("adr-csr.7").components(separatedBy: "\n").compactMap { line in
            line.hasPrefix(".It Cm ") ? String(line.dropFirst(7)) : nil
        }
        #expect(terms == CSRRequirement.all.map(\.id))
    }

    @Test func everyWayToChooseAHubIsExplained() throws {
        let terms = try Self.source("adr-dps.1").components(separatedBy: "\n").filter { $0.hasPrefix(".It Cm ") }
        let command = try #require(TableTests.commands.first { $0.words == ["dps", "enrollment", "create"] })
        for option in ["--allocation-policy", "--reprovision-policy"] {
            let choices = try #require(command.arguments.first { $0.shape.key == option }?.shape.choices)
            for choice in choices { #expect(terms.contains(".It Cm \(choice)"), "\(option) \(choice)") }
        }
    }

    /// What lies in the store is described, by the name it has there.
    @Test func everyFileOfTheStoreIsExplained() throws {
        let source = try Self.source("adr-store.5")
        let files = try #require(
            source.components(separatedBy: ".Sh FILES").last?.components(separatedBy: ".Sh ").first
        )
        let (ofStore, ofNamespace) = try #require(
            files.range(of: "In the folder of a namespace").map { (files[..<$0.lowerBound], files[$0.upperBound...]) }
        )
        let patterns =
            Self.patterns(ofStore).filter { !$0.hasSuffix("/") }
            + Self.patterns(ofNamespace).map { "groups/[^/]+/namespaces/[^/]+/" + $0 }
        let scratch = try ManPageExampleStore.scratch()
        let store = scratch.file(".session/home/.local/share/adr")
        var found = 0
        for case let name as String in try #require(FileManager.default.enumerator(atPath: store)) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(store)/\(name)", isDirectory: &isFolder)
            if isFolder.boolValue { continue }
            found += 1
            let isExplained = patterns.contains { name.range(of: "^\($0)$", options: .regularExpression) != nil }
            #expect(isExplained, "adr-store.5: \(name)")
        }
        #expect(found > 20)
    }

    /// The paths that are the terms of a list, as regular expressions.
    private static func patterns(_ list: Substring) -> [String] {
        list.components(separatedBy: "\n").filter { $0.hasPrefix(".It Pa ") }.flatMap { line in
            line.dropFirst(4).components(separatedBy: " , ").map { path in
                var pattern = ""
                var isName = false
                for word in path.components(separatedBy: " ") {
                    switch word {
                    case "Pa": isName = false
                    case "Ar": isName = true
                    case "Ns": break
                    default:
                        let text = word.replacingOccurrences(of: "\\-", with: "-")
                        pattern += isName ? "[^/]+" : NSRegularExpression.escapedPattern(for: text)
                    }
                }
                return pattern
            }
        }
    }

    @Test func everyRefusalOfAHubThatIsListedExists() throws {
        let source = try Self.source("adr-hub.1")
        let diagnostics = try #require(source.components(separatedBy: ".Sh DIAGNOSTICS").last)
        let codes = diagnostics.components(separatedBy: "\n").filter { $0.hasPrefix(".It Cm ") }
            .flatMap { $0.dropFirst(7).components(separatedBy: " , ") }
        #expect(codes.count == 13)
        for code in codes { #expect(HubRefusal.Reason(rawValue: code) != nil, "\(code)") }
    }
}
