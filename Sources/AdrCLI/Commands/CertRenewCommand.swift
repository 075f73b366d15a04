import CommandTable
import Registry

/// Plays a device that has its hub renew its certificate.
enum CertRenewCommand {
    static let renew = Command<Invocation>(
        "cert renew",
        summary: "Renew a certificate at the hub: the device's word for itself.",
        description:
            "The device proves that it holds the old certificate's key, is judged as at any connection, and the policy "
            + "that it has now issues. The old certificate stays valid until it expires. A certificate that expired or "
            + "was revoked is not renewed: the device goes through its provisioning service, 'registration create'.",
        arguments: [
            .required(Options.hub), .required(Options.certificateFile), .required(Options.keyFile),
            .required(Options.deviceCSR),
            .optional(Options.chainOut), .optional(Options.resourceGroup), .optional(Options.acceptClock),
        ],
        examples: [
            Example(
                summary: "Renew with a CSR for a new key",
                command: "adr cert renew --hub-name hub-1 --certificate-file-path device-01.pem "
                    + "--key-file-path device-01.key --csr device-01.csr --out device-01-new.pem"
            )
        ],
        effect: .writes
    ) { arguments, invocation in
        let hub = try arguments.required(Options.hub)
        let certificatePath = try arguments.required(Options.certificateFile)
        let keyPath = try arguments.required(Options.keyFile)
        let csrPath = try arguments.required(Options.deviceCSR)
        let out = try arguments.value(Options.chainOut)
        let inputs = [("--certificate-file-path", certificatePath), ("--key-file-path", keyPath), ("--csr", csrPath)]
        for (place, input) in inputs.enumerated() {
            for other in inputs[..<place] { try invocation.files.checkReadOnce(other, input) }
        }
        for input in inputs.dropFirst() where input.1 != "-" {
            try invocation.files.checkDistinct((input.0, input.1), ("--out", out))
        }
        if let out { try invocation.files.checkWritable(out) }
        let registry = try invocation.registry(arguments)
        let request = RenewalRequest(
            hub: hub,
            chain: try invocation.files.readChain(certificatePath),
            csr: try invocation.files.readDeviceCSR(csrPath),
            csrName: csrPath
        )
        let renewed = try registry.renewCertificate(request, key: try invocation.files.readKey(keyPath))
        let key = try registry.namespaceKey(ofHub: hub)
        try invocation.handOut(renewed.issued, out: out, leaf: nil, key, arguments)
        if renewed.reusesKey {
            invocation.host.note(
                "WARNING: the new certificate has the key of the old one; 'adr csr generate --registration-id "
                    + "\(renewed.issued.registrationID) --key-out FILE' makes a CSR for a new key."
            )
        }
        invocation.hint(renewed.issued, key)
    }
}
