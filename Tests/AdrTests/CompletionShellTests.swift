import AdrCLI
import CommandTable
import Foundation
import JSON
import TestSupport
import Testing

/// Completion as it is met at a terminal, in the shells themselves.
struct CompletionShellTests {
    @Test(.peer("bash")) func bash() throws { try completes(in: .bash) }
    @Test(.peer("zsh")) func zsh() throws { try completes(in: .zsh) }
    @Test(.peer("fish")) func fish() throws { try completes(in: .fish) }

    @Test(.peer("bash")) func bashAcceptsItsScript() throws { try check("bash", "-n", "adr.bash") }
    @Test(.peer("zsh")) func zshAcceptsItsScript() throws { try check("zsh", "-n", "_adr") }
    @Test(.peer("fish")) func fishAcceptsItsScript() throws { try check("fish", "--no-execute", "adr.fish") }

    private func check(_ shell: String, _ option: String, _ script: String) throws {
        let outcome = try Run.command([shell, option, "\(Terminal.completions)/\(script)"])
        #expect(outcome.status == 0 && outcome.stderr.isEmpty, "\(outcome)")
    }

    /// The words that the table has after these.
    private func words(after path: String, beginning: String = "") -> String {
        let path = path.split(separator: " ").map(String.init)
        let table = CommandTable.adr
        let all = table.allCommands.map(\.words) + table.allGroups.map(\.words) + table.aliases.map(\.from)
        let next = all.filter { $0.count > path.count && $0.starts(with: path) }.map { $0[path.count] }
        return Set(next).filter { $0.hasPrefix(beginning) && !$0.hasPrefix("-") }.joined(separator: " ")
    }

    private func completes(in shell: Shell) throws {
        let person = Operator("completes in \(shell)")
        try person.setUpFactory()
        try person.expect("ns create --name farm")
        try person.expect("ns create -g prod --name plant --policy-name line-1")
        for id in ["device-01", "device-02"] { try person.provision(id) }
        let other = person.scratch.file("other")
        try person.expect("ns create --store \(other) --name elsewhere --enable-certificate-management")
        person.scratch.write("chain one.pem", "")
        person.scratch.write("folder/chain.pem", "")
        person.scratch.write("damaged/store.json", "{")
        person.scratch.write("damaged/groups/default/namespaces/ruin/ledger/00000001.jsonl", "?\n")
        let certificate = try #require(
            try person.expect("hub certificate list --hub-name factory-hub")["value"]?.arrayValue?.first?["name"]?
                .stringValue
        )
        let before = try person.storeContents()
        let terminal = try Terminal(shell, in: person.scratch, environment: ["ADR_HOME": person.store, "OTHER": other])

        let common = CompletionLineTests.common

        // Everything offered.
        for (line, expected) in [
            ("adr ", words(after: "")),
            ("adr c", words(after: "", beginning: "c")),
            ("adr ns ", words(after: "ns")),
            ("adr ns policy ", words(after: "policy")),
            ("adr hub certificate ", words(after: "hub certificate")),
            ("adr --verbose hub d", "delete device-identity"),
            ("adr nonsense ", ""),
            (
                "adr csr verify f.csr --",
                "--allow-csr-key --registration-id \(common)"
            ),
            ("adr csr verify f.csr --re", "--registration-id"),
            ("adr hub connect --tls ", "1.2 1.3"),
            ("adr hub connect --tls=1", "1.2 1.3"),
            (
                "adr ns delete --yes ",
                "--accept-clock --namespace --resource-group false true \(common)"
            ),
            ("adr ns show --name ", "factory farm"),
            ("adr ns show --name=fa", "factory farm"),
            ("adr ns show -g prod --name ", "plant"),
            ("adr ns show --resource-group=prod --name=", "plant"),
            ("adr ns show -g ", "default prod"),
            ("adr policy show --ns plant -g prod --name ", "line-1"),
            ("adr ns policy show --namespace=plant --pn=", "line-1"),
            ("adr device show --namespace factory --name ", "device-01 device-02"),
            ("adr hub show --name ", "factory-hub"),
            ("adr hub certificate show --hub-name factory-hub --name ", certificate),
            ("adr ns show --store other --name ", "elsewhere"),
            ("adr ns show --store=other --name ", "elsewhere"),
            ("adr --store 'other' policy show --namespace \"elsewhere\" --name ", "default"),
            ("adr --store $OTHER ns show --name ", "elsewhere"),
            ("adr ns show --store nowhere --name ", ""),
            ("adr ns show --store damaged --name ", "ruin"),
            ("adr policy show --store damaged --ns ruin --name ", ""),
            ("adr policy show --store damaged --ns ruin --ce", "--certificate"),
        ] where shell != .fish || !line.contains("$") {
            let offered = try terminal.offers(line)
            #expect(offered == expected.split(separator: " ").map(String.init).sorted(), "\(shell): \(line)")
        }

        // What Tab makes of a line.
        for (line, expected) in [
            ("adr qui", "adr quickstart "),
            ("adr ns creat", "adr ns create "),
            ("adr cert issue --pol", "adr cert issue --policy-name "),
            ("adr ns list --only-show-errors --output=non", "adr ns list --only-show-errors --output=none "),
            ("adr ns list -o JSONC", "adr ns list -o jsonc "),
            ("adr ns list -ojsonc", "adr ns list -ojsonc "),
            ("adr ns show --namespace fac", "adr ns show --namespace factory "),
            ("adr ns show --namespace=fac", "adr ns show --namespace=factory "),
            ("adr ns show -n xyz", "adr ns show -n xyz"),
            ("adr cert show fold", "adr cert show folder/"),
            ("adr cert show chain", #"adr cert show chain\ one.pem "#),
            ("adr cert show 'chain", "adr cert show 'chain one.pem' "),
            ("adr cert show --out folder/c", "adr cert show --out folder/chain.pem "),
            ("adr cert show --out=folder/c", "adr cert show --out=folder/chain.pem "),
            ("adr cert show ~/bashr", shell == .bash ? "adr cert show ~/bashrc " : "adr cert show ~/bashr"),
            ("adr ns list > fold", "adr ns list > folder/"),
        ] {
            #expect(try terminal.tab(line) == expected, "\(shell): \(line)")
        }

        if shell == .fish {
            let described = try terminal.describedOffers("adr ns cr")
            #expect(
                described == [
                    "create\tCreate a namespace.", "credential\tManage the credential of a namespace: its root CA.",
                ]
            )
            #expect(try terminal.offers("ADR_HOME=other adr ns show --name ") == ["elsewhere"])
        }
        #expect(try person.storeContents() == before)
    }
}
