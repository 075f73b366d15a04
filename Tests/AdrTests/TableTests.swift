import CommandTable
import Testing

@testable import AdrCLI

/// The command table as it stands: what parser, help, completion and manual pages rely on.
struct TableTests {
    static let table = CommandTable.adr
    static let commands = table.allCommands

    static func name(_ command: Command<Invocation>) -> String { command.words.joined(separator: " ") }

    @Test func theTableAgreesWithItself() {
        #expect(Self.table.inconsistencies() == [])
    }

    @Test func everySummaryIsOneSentence() {
        let summaries =
            [("adr", Self.table.summary)] + Self.table.allGroups.map { ($0.words.joined(separator: " "), $0.summary) }
            + Self.commands.map { (Self.name($0), $0.summary) }
        for (name, summary) in summaries {
            #expect(summary.count <= 80, "\(name): \(summary)")
            #expect(summary.hasSuffix(".") && !summary.hasSuffix(".."), "\(name): \(summary)")
            #expect(summary.first?.isUppercase == true, "\(name): \(summary)")
            #expect(summary.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(name): \(summary)")
        }
    }

    @Test func everyDescriptionIsPlainText() {
        for command in Self.commands {
            let isPlain = command.description.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A }
            #expect(isPlain, "\(Self.name(command))")
            #expect(command.description.isEmpty || command.description.hasSuffix("."), "\(Self.name(command))")
        }
    }

    @Test func everyCommandHasAnExample() {
        for command in Self.commands {
            #expect(!command.examples.isEmpty, "\(Self.name(command))")
            let summaries = command.examples.map(\.summary)
            #expect(Set(summaries).count == summaries.count, "\(Self.name(command)): two examples show the same")
        }
    }

    /// Examples of one page stand under one another, so "List" alone would not say which of the lists.
    @Test func everyExampleOfAGroupSaysWhatItShows() {
        for (group, commands) in Dictionary(grouping: Self.commands, by: { $0.words[0] }) {
            let summaries = commands.flatMap(\.examples).map(\.summary)
            for (summary, same) in Dictionary(grouping: summaries, by: { $0 }) {
                #expect(same.count == 1, "\(group): \(summary)")
            }
        }
    }

    /// One thing has one word in the whole program, so an option means the same wherever it is spelled the same.
    /// These are the exceptions: az names what the command is about `--name`, whatever that is.
    @Test func anOptionMeansTheSameEverywhere() {
        let exceptions: [String: Set<String>] = [
            "--name": [
                "Name of the ADR namespace.", "Name of the policy.", "Name of the device, or its registration ID.",
                "Name of the IoT hub.", "Name of the certificate.", "Name of the provisioning service.",
            ],
            "--namespace": [
                "Name of the ADR namespace.", "The namespace that issued the certificate.",
                "The namespace it belongs to, instead of --ns-resource-id; in the same resource group.",
            ],
            "--policy-name": [
                "Name of the policy.",
                "Name of the policy; 'default' if left out. Implies certificate management.",
            ],
            "--device-name": [
                "Name of the device, or its registration ID.",
                "Name of the device, or its registration ID: its newest certificate.",
            ],
            "--hub-name": [
                "Name of the IoT hub.", "Name or host name of the IoT hub.",
                "Name of the IoT hub to link; of the same namespace.",
            ],
            "--device-id": [
                "Device ID, the registration ID it was provisioned under.",
                "Device ID in the hub; the registration ID if left out.",
            ],
            "--registration-id": [
                "Registration ID of the device, which the CN of its CSR equals byte for byte.",
                "Registration ID of the device.",
            ],
            "--enrollment-id": [
                "ID of the enrollment: the registration ID of its device.", "ID of the enrollment group.",
                "Only what was registered under this enrollment group.",
                "The registration ID, as 'dps enrollment registration' has it.",
            ],
            "--group-id": [
                "ID of the enrollment group.", "Only what was registered under this enrollment group.",
                "Enrollment group whose key the device's is derived from, where none is given.",
            ],
            "--csr": [
                "The CSR: base64 of DER on one line, as DPS takes it; '-' for standard input.",
                "The device's CSR in PEM, DER or base64; '-' for standard input.",
            ],
            "--top": ["At most so many.", "At most so many identities; -1 for all."],
            // Taken where they can be done, or where az takes them.
            "--edge-enabled": ["IoT Edge device.", "IoT Edge devices alone.", "IoT Edge device; not there yet."],
            "--primary-key": ["Primary symmetric key, base64; made if left out.", "Symmetric key; not there yet."],
            "--secondary-key": ["Secondary symmetric key, base64; made if left out.", "Symmetric key; not there yet."],
            // Short for options that have different names.
            "--cp": [
                "The device's certificate or chain, PEM or DER.",
                "Certificate, PEM or DER: the device's own, or for a group the CA that signs its members.",
            ],
            "--hn": [
                "Name of the IoT hub to link; of the same namespace.",
                "The one linked hub to assign to: static allocation.",
            ],
            "--tags": [
                "Space-separated tags: key[=value] [key[=value] ...]. Use \"\" to clear.",
                "Tags of the device's first twin, JSON.",
            ],
            "--batch": [
                "Make many, instead of --enrollment-id: JSON Lines, each an individualEnrollment of the service's API.",
                "Issue for many: a folder of CSR files (*.csr), or JSON Lines with registrationId and csr; '-' for "
                    + "standard input.",
            ],
            "--out-dir": [
                "With --batch: folder for the chains, each as <registration ID>.pem.",
                "Folder for one file each, named after its CA: ica-0123....crl.",
            ],
            "--out": [
                "File to write the result to.", "File for the chain, PEM: leaf, issuing CA, root.",
                "File for the CRLs, '-' for standard output; several of them in PEM, one behind the other.",
            ],
            "--format": [
                "Encoding: base64 of DER on one line, as DPS takes it, DER, or PEM.", "Encoding of the files.",
            ],
            "--certificate": [
                "Give the root certificate, PEM, instead of the resource.",
                "Give the issuing CA's certificate, PEM, instead of the resource.",
            ],
        ]
        var texts: [String: Set<String>] = [:]
        for use in Self.commands.flatMap(\.arguments) where use.shape.names.first?.hasPrefix("--") == true {
            for name in use.shape.names where name.hasPrefix("--") { texts[name, default: []].insert(use.shape.help) }
        }
        for (name, found) in texts where found.count > 1 {
            // An alias goes with the names it stands beside.
            let beside = Self.commands.flatMap(\.arguments).filter { $0.shape.names.contains(name) }
                .flatMap(\.shape.names)
            let allowed = Set(beside).reduce(into: Set()) { $0.formUnion(exceptions[$1] ?? []) }
            #expect(found.subtracting(allowed).isEmpty, "\(name): \(found.sorted())")
        }
        for (name, allowed) in exceptions {
            #expect(allowed.isSubset(of: texts[name] ?? []), "\(name) has no such help any more")
        }
    }

    @Test func noCommandTakesALetterTwice() {
        for command in Self.commands {
            let uses = [.optional(Standard.help)] + Self.table.globals + command.arguments
            let letters = uses.flatMap(\.shape.names).filter { $0.count == 2 }
            #expect(Set(letters).count == letters.count, "\(Self.name(command)): \(letters)")
        }
    }

    @Test func valuesAreInCapitals() {
        for command in Self.commands {
            for use in Self.table.globals + command.arguments {
                let shape = use.shape
                switch shape.arity {
                case .flag, .threeState: break
                case .one, .zeroOrMore, .oneOrMore:
                    let value = shape.isPositional ? shape.key : shape.value
                    #expect(
                        !value.isEmpty && value == value.uppercased(),
                        "\(Self.name(command)): \(shape.key) \(value)"
                    )
                }
            }
        }
    }
}
