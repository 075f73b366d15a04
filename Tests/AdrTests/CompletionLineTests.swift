import AdrCLI
import CommandTable
import Foundation
import TestSupport
import Testing

/// `adr __complete` asked as the scripts ask it, without a shell.
struct CompletionLineTests {
    /// What is printed for the words of a line, the last one (perhaps empty) that of the cursor, and that nothing else
    /// happens: no error, no other status.
    private func complete(_ person: Operator, _ line: String) throws -> [String] {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let outcome = try person.adr(["__complete"] + words)
        #expect(outcome.status == 0 && outcome.stderr.isEmpty, "\(line): \(outcome)")
        return outcome.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }

    /// The options of every command, in the order in which they are offered.
    static var common: String {
        let offered = CommandTable.adr.globals.filter { use in
            if case .accepted = use.role { false } else { !use.isHidden }
        }
        return (["--help"] + offered.map(\.shape.key)).joined(separator: " ")
    }

    @Test func linesWithoutAStore() throws {
        let person = Operator()
        let common = Self.common
        for (line, expected) in [
            // Words.
            ("q", "quickstart query :"),
            ("qui", "quickstart :"),
            ("ns", "ns :"),
            ("ns c", "create credential :"),
            ("ns credential c", "create crl :"),
            ("hub device-identity sh", "show :"),
            ("hub dev", "device-identity :"),
            ("-o json ns l", "list :"),
            ("--output=json --store x hub cer", "certificate :"),
            ("nonsense ", ":"),
            ("ns nonsense ", ":"),
            ("NS ", "create show list update delete credential policy device :"),
            ("ns show --help ", ":"),
            ("ns --help l", ":"),
            ("ns list -h --", ":"),
            // Options: the required first, those of every command last; none twice, unless it adds; those without
            // effect only for who asks for them.
            ("-", "\(common) :"),
            ("ns --ver", "--verbose :"),
            ("ns list ", "--resource-group \(common) :"),
            ("ns list --", "--resource-group \(common) :"),
            ("policy show ", "--policy-name --namespace --resource-group --certificate --chain --out \(common) :"),
            ("policy show --pn x --ns=y -g z --certificate --chain --out f ", "\(common) :"),
            ("policy show --policy x --names y --resource z --cert --ch --out f --", "\(common) :"),
            ("policy show --p", "--policy-name :"),
            ("policy show --pn", "--pn :"),
            ("policy show --n", "--name --namespace :"),
            ("policy show --na", "--name --namespace :"),
            ("policy show -n", "-n :"),
            ("ns show --name", "--name :"),
            ("ns show --nam", "--namespace :"),
            ("policy show -n x -", "--namespace --resource-group --certificate --chain --out \(common) :"),
            ("ns update --tags a=1 --tag", "--tags :"),
            ("ns update --tags a=1 b", ":"),
            ("ns list --o", "--output --only-show-errors :"),
            ("ns list -o json --o", "--only-show-errors :"),
            ("ns list --sub", "--subscription :"),
            ("hub create --s", "--sku --skip-ns-ra --store --subscription :"),
            ("ns list --nonsense --res", "--resource-group :"),
            ("ns list --nonsense x --res", "--resource-group :"),
            ("ns list -- ", ":"),
            ("ns list -- --res", ":"),
            // Values.
            ("hub connect --tls ", "1.2 1.3 :"),
            ("hub connect --tls=1", "--tls=1.2 --tls=1.3 :"),
            ("hub connect --tl=1", "--tl=1.2 --tl=1.3 :"),
            ("hub connect --tls 9", ":"),
            ("hub connect --tls 9 --tl", "--tls :"),
            ("hub device-identity update --status D", "disabled :"),
            ("ns list -oJSONC", "-ojsonc :"),
            ("-o n", "none :"),
            ("ns delete --yes t", "true :"),
            ("ns delete --yes ", "true false --namespace --resource-group --accept-clock \(common) :"),
            ("ns delete -y true ", "--namespace --resource-group --accept-clock \(common) :"),
            ("ns delete --yes=", "--yes=true --yes=false :"),
            ("ns list --verbose=", ":"),
            ("csr generate --registration-id ", ":"),
            ("csr generate --registration-id --k", "--key-out --key-file-path :"),
            ("cert issue --namespace ", ":"),
            // Files.
            ("csr show ", ":files"),
            ("csr show x", ":files"),
            ("csr show x ", "--format --out \(common) :"),
            ("csr show --out ", ":files"),
            ("csr show --out=", ":files --out="),
            ("csr show --out=x/", ":files --out="),
            ("csr show --ou=x/", ":"),
            ("csr show --format pem ", ":files"),
            ("csr show --format nonsense ", ":files"),
            ("-o nonsense ns l", "list :"),
            ("csr show -", "--format --out \(common) :"),
            ("csr show -- -", ":files"),
            (
                "cert list ",
                "--namespace --resource-group --policy-name --device-name --revoked --expired --expiring-in --all "
                    + "\(common) :"
            ),
            ("cert list --expiring-in ", ":"), ("cert list --ex", "--expired --expiring-in :"),
            ("stat", "status :"), ("status ", "--check --namespace --resource-group \(common) :"),
            ("cert show ", "--namespace --resource-group --device-name --serial --out \(common) :files"),
            ("--store ", ":files"),
            ("--store=", ":files --store="),
            ("ns list --store ", ":files"),
        ] {
            // Nothing before the path: then the line of the directive ends in a blank.
            let found = try complete(person, line).joined(separator: " ")
            #expect(found == expected || found == expected + " ", "\(line)")
        }
        #expect(!FileManager.default.fileExists(atPath: person.store))
    }

    @Test func candidatesAreExplained() throws {
        let person = Operator()
        let words = try person.adr(["__complete", "ns", "cre"])
        #expect(
            words.output
                == "create\tCreate a namespace.\ncredential\tManage the credential of a namespace: its root CA.\n:\n"
        )
        let options = try person.adr(["__complete", "hub", "connect", "--tl"])
        #expect(options.output == "--tls\tTLS version.\n:\n")
    }

    @Test func oddCallsAreAnswered() throws {
        var person = Operator()
        for words in [
            [], ["--"], ["\u{1B}[2J"], ["ns", "show", "--name", "../.."], ["\u{301}=", "--ns=\u{301}"], ["--=", ""],
        ] {
            let outcome = try person.adr(["__complete"] + words)
            #expect(
                outcome.status == 0 && outcome.stderr.isEmpty && outcome.output.hasSuffix(":\n"),
                "\(words): \(outcome)"
            )
        }
        person.environment["HOME"] = nil
        person.environment["ADR_HOME"] = nil
        person.environment["AZURE_CORE_OUTPUT"] = "nonsense"
        #expect(try complete(person, "ns show --name ") == [":"])
    }

    @Test func isNoCommand() throws {
        let person = Operator()
        #expect(try !person.adr("--help").output.contains("__complete"))
        #expect(try complete(person, "__") == [":"])
        #expect(try person.adr("__complet").status == 2)
    }
}
