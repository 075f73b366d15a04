import CommandTable
import JSON
import Registry
import Store

extension Command where Context == Invocation {
    /// What an operator looks at each morning.
    static var status: Command {
        Command(
            "status",
            summary: "Draw the namespaces with their CAs, hubs and devices, and what expires next.",
            description:
                "With --output it is data instead. --check prints only what is not well, and exits 0 if nothing "
                + "is, else with the highest of 10 (a CA, or an enabled device's newest certificate, ends soon), 11 (a hub "
                + "lacks a current CA), 12 (one of these has expired) and 13 (the store is damaged).",
            arguments: [
                .optional(StatusOptions.check), .optional(Options.namespace), .optional(Options.resourceGroup),
            ],
            examples: [
                Example(summary: "See how things are", command: "adr status"),
                Example(summary: "Have cron or a monitor look", command: "adr status --check || echo \"status $?\""),
            ],
            effect: .reads
        ) { arguments, invocation in
            let status = try invocation.registry(arguments).status(
                of: try arguments.value(Options.namespace),
                in: try arguments.value(Options.resourceGroup)
            )
            let isCheck = try arguments.isOn(StatusOptions.check)
            // What the environment says of formats is meant for results, and this is a picture of them.
            if arguments.has(Options.output) || arguments.has(Options.query) {
                try invocation.print(status.value, arguments, layout: StatusOptions.layout)
            } else {
                let picture = StatusPicture(status, Pen(invocation.host))
                try invocation.host.writeOutput(isCheck ? picture.findings() : picture.drawn())
            }
            if isCheck, status.checkStatus != 0 { throw FailedResult(status: status.checkStatus) }
            if let damage = status.reasons.first(where: { $0.kind == .damaged }) {
                throw StoreError(kind: .damaged, message: damage.message, hint: damage.remedy)
            }
        }
    }
}

private enum StatusOptions {
    static let check = Argument<Bool>.flag("--check", help: "Print only what is not well, and exit accordingly.")

    static let layout = TableLayout(
        rows: "namespaces",
        columns: [
            ("Name", "name"), ("ResourceGroup", "resourceGroup"), ("RootUntil", "credential.notAfter"),
            ("Devices", "devices.count"), ("EndingWithin7Days", "devices.endingWithin7Days"),
            ("Expired", "devices.expired"),
        ]
    )
}
