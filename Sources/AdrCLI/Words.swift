import CommandTable

extension CommandTable where Context == Invocation {
    /// Everything `adr` understands.
    package static var adr: CommandTable {
        CommandTable(
            program: "adr",
            summary: "Azure Device Registry certificate management without the cloud.",
            groups: { [.ns, .credential, .policy, .device, .csr, .cert, .hub, .dps, .registration, .store] },
            commands: { [.quickstart, .query] },
            globals: Options.globals,
            aliases: [
                (["ns", "credential"], ["credential"]),
                (["ns", "policy"], ["policy"]),
                (["ns", "device"], ["device"]),
                (["iot", "adr", "ns"], ["ns"]),
                // One path of az for the device's side, and another for the service's: here they are one group.
                (["iot", "device", "registration", "create"], ["registration", "create"]),
                (["dps", "registration"], ["registration"]),
                (["dps", "enrollment", "registration"], ["registration"]),
                (["dps", "enrollment-group", "registration"], ["registration"]),
                (["dps", "compute-device-key"], ["dps", "enrollment-group", "compute-device-key"]),
                (["iot", "hub"], ["hub"]),
                (["iot", "dps"], ["dps"]),
                (["iot", "device", "registration"], ["registration"]),
            ]
        )
    }

    /// What `adr` understands where it is called `az`: az's own paths.
    package static var az: CommandTable { adr.called("az") }
}

extension UsageError {
    /// The same error where the line's words lead to nothing that `adr` has under the name of az: it says so, and what
    /// there is.
    func shownAsAz(_ line: [String], _ table: CommandTable<Invocation>) -> UsageError {
        let words = table.leadingWords(of: line)
        let reached = table.reach(of: words)
        guard reached.count < words.count else { return self }
        switch reached.place {
        case .group, .command: return self
        case .program, .beginning: break
        }
        let command = (["az"] + words.prefix(reached.count + 1)).joined(separator: " ")
        let entries = table.entries.map { "'az \($0.joined(separator: " "))'" }
        let most = entries.dropLast().joined(separator: ", ")
        return UsageError(
            "'\(command)' is not here: this az is adr, and has no more than \(most) and \(entries.last ?? "").",
            recommendations: recommendations
        )
    }
}
