import Foundation
import JSON
import TestSupport
import Testing

/// The formats as commands use them.
@Suite struct OutputFormatCommandTests {
    /// What the program prints for its own results is what knack prints for them.
    @Test(.peer("knack"), arguments: ["yaml", "table", "tsv"])
    func resultsArePrintedAsKnackPrintsThem(format: String) throws {
        let factory = Operator()
        try factory.setUpFactory()
        try factory.provision("device-01")
        let lines = [
            "ns list", "ns show --name factory", "policy list --namespace factory",
            "credential show --namespace factory",
            "hub list", "hub show --name factory-hub", "device list --namespace factory",
            "device show --namespace factory --name device-01", "hub device-identity list --hub-name factory-hub",
            "cert verify --namespace factory device-01.pem",
        ]
        let expected = try OutputFormatJudge(format: format).print(try lines.map { try factory.expect($0) })
        for (line, expected) in zip(lines, expected) {
            let outcome = try factory.adr("\(line) -o \(format)")
            #expect(outcome.status == 0)
            #expect(outcome.output == expected, "\(line)")
        }
    }

    @Test func listsAreTables() throws {
        let factory = Operator()
        try factory.setUpFactory()
        let list = try factory.adr("hub list -oTABLE")
        #expect(
            list.output == """
                Location    Name         ResourceGroup
                ----------  -----------  ---------------
                eastus      factory-hub  default

                """
        )
        let certificate = try #require(
            try factory.expect("hub certificate list --hub-name factory-hub")["value"]?.arrayValue?.first
        )
        let table = try factory.adr("hub certificate list --hub-name factory-hub -o table").output
        let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(rows.count == 3)
        #expect(rows[0] == ["Name", "Expiry", "Subject", "Thumbprint"])
        #expect(
            rows[2]
                == [
                    certificate["name"], certificate["properties"]?["expiry"], certificate["properties"]?["subject"],
                    certificate["properties"]?["thumbprint"],
                ].map { $0?.stringValue }
        )

        try "no request".write(toFile: factory.scratch.file("bad.csr"), atomically: true, encoding: .utf8)
        let judged = try factory.adr("csr verify bad.csr -o table")
        #expect(judged.status == 1)
        #expect(judged.output.hasPrefix("Outcome    Requirement    Title"))
        #expect(judged.output.contains("\nfail       encoding "))
    }

    @Test func theEnvironmentChoosesToo() throws {
        var factory = Operator()
        factory.environment["AZURE_CORE_OUTPUT"] = "tsv"
        #expect(try factory.adr("ns create --name factory").status == 0)
        #expect(try factory.adr("ns list").output.hasSuffix("Microsoft.DeviceRegistry/namespaces\n"))
        #expect(try factory.adr("ns list -o json").output.hasPrefix("[\n  {\n"))
        // Nothing is printed of no result, and no colour is written to a pipe.
        #expect(try factory.adr("ns delete --name factory --yes -o yaml").output == "")
        #expect(try factory.adr("ns list -o jsonc").output == "[]\n")
    }

    @Test func otherFormatsAreRefused() throws {
        let outcome = try Operator().adr("ns list -o xml")
        #expect(outcome.status == 2)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("Allowed values: json, jsonc, yaml, yamlc, table, tsv, none."))
    }
}
