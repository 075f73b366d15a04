import LifeModel

/// The command lines of the life of certificates.
enum LifeLines {
    static let devices = ["dev-1", "dev-2", "dev-3"]
    static let hubs = ["hub-1", "hub-2"]
    static let policies = ["default", "line", "test"]

    /// What every life begins with.
    static let beginning: [String] = {
        var lines = [
            "ns create --name factory --enable-certificate-management",
            "dps create --name factory-dps --namespace factory",
        ]
        for hub in hubs {
            lines.append("hub create --name \(hub) --namespace factory")
            lines.append("dps linked-hub create --dps-name factory-dps --hub-name \(hub)")
        }
        lines.append("credential sync --namespace factory")
        for device in devices {
            lines.append(
                "dps enrollment create --dps-name factory-dps --enrollment-id \(device) --at symmetricKey "
                    + "--cpn default --iot-hubs hub-1 --reprovision-policy \(word(.migrate))"
            )
            for number in 0..<2 {
                let files = "--key-out \(key(device, number)) --out \(csr(device, number))"
                lines.append("csr generate --registration-id \(device) \(files)")
            }
        }
        return lines + [keep(root: 0), keep(AuthorityName(policy: "default", number: 0))]
    }()

    private static let namespace = "--namespace factory"

    // MARK: Files

    static func key(_ device: String, _ number: Int) -> String { "%\(device).\(number).key" }
    private static func csr(_ device: String, _ number: Int) -> String { "%\(device).\(number).csr" }
    /// The chain that the device presents.
    static func chain(_ name: CertificateName) -> String { "%\(name.device)-\(name.number).pem" }
    static func file(_ name: AuthorityName) -> String { "%ca-\(name.policy)-\(name.number).pem" }
    static func file(root number: Int) -> String { "%root-\(number).pem" }

    // MARK: Lines

    /// Keeps the certificate of a CA that was just made.
    static func keep(_ name: AuthorityName) -> String {
        "policy show \(namespace) --name \(name.policy) --certificate --out \(file(name))"
    }

    static func keep(root number: Int) -> String {
        "credential show \(namespace) --certificate --out \(file(root: number))"
    }

    /// The line of an operation.
    ///
    /// - Parameters:
    ///   - life: what came of it.
    ///   - certificate: what is issued by it, if anything is.
    /// - Returns: nil for what nobody types: time.
    static func line(
        _ operation: Deed,
        in life: Life,
        issuing certificate: CertificateName?
    ) -> String? {
        let out = certificate.map { " --out \(chain($0))" } ?? ""
        switch operation {
        case .createCredential: return "credential create \(namespace)"
        case .deleteCredential(let wipesKey):
            return "credential delete \(namespace) --yes" + flag("--wipe-key", wipesKey)
        case .signCredentialCRLs: return "credential crl \(namespace)"
        case .createPolicy(let policy, let days):
            return "policy create \(namespace) --name \(policy)" + (days.map { " --cert-validity-days \($0)" } ?? "")
        case .updatePolicy(let policy, let days):
            return "policy update \(namespace) --name \(policy) --cert-validity-days \(days)"
        case .deletePolicy(let policy, let wipesKey):
            return "policy delete \(namespace) --name \(policy) --yes" + flag("--wipe-key", wipesKey)
        case .revokeIssuer(let policy): return "policy revoke-issuer \(namespace) --name \(policy) --yes"
        case .signPolicyCRLs(let policy): return "policy crl \(namespace)" + (policy.map { " --name \($0)" } ?? "")
        case .synchronize(let prunes): return "credential sync \(namespace)" + flag("--prune", prunes)
        case .createHub(let hub): return "hub create --name \(hub) \(namespace)"
        case .deleteHub(let hub): return "hub delete --name \(hub)"
        case .linkHub(let hub): return "dps linked-hub create --dps-name factory-dps --hub-name \(hub)"
        case .deleteHubCertificate(let hub, let authority):
            return "hub certificate delete --hub-name \(hub) --name \(hubName(authority))"
        case .setIdentity(let hub, let device, let enabled):
            return "hub device-identity update --hub-name \(hub) --device-id \(device) --status "
                + (enabled ? "enabled" : "disabled")
        case .issue(let device, let policy, let hub, let key):
            return "cert issue \(namespace) --policy-name \(policy) --registration-id \(device) "
                + "--csr \(csr(device, key))" + (hub.map { " --hub-name \($0)" } ?? "") + out
        case .enroll(let device, let policy, let hub, let reprovisioning):
            return "dps enrollment update --dps-name factory-dps --enrollment-id \(device) --cpn \(policy) "
                + "--iot-hubs \(hub) --reprovision-policy \(word(reprovisioning))"
        case .register(let device, let key):
            return "registration create --dps-name factory-dps --registration-id \(device) --csr \(csr(device, key))"
                + out
        case .renew(let old, let hub, let key):
            let oldKey = self.key(old.device, life.certificate(old)?.key ?? 0)
            return "cert renew --hub-name \(hub) --certificate-file-path \(chain(old)) --key-file-path \(oldKey) "
                + "--csr \(csr(old.device, key))" + out
        case .revokeDevice(let device, let disables):
            return "device revoke \(namespace) --name \(device) --yes" + (disables ? " --disable true" : "")
        case .deleteDevice(let device): return "device delete \(namespace) --name \(device) --yes"
        case .setDevice(let device, let enabled):
            return "device update \(namespace) --name \(device) --enabled \(enabled)"
        case .setPolicy(let device, let policy):
            return "device update \(namespace) --name \(device) --policy-resource-id \(policyID(policy))"
        case .pass: return nil
        }
    }

    private static func policyID(_ policy: String) -> String {
        "$NAMESPACE/credentials/default/policies/\(policy)"
    }

    /// The name that hubs have for a CA; its end is known when the CA is there.
    static func hubName(_ name: AuthorityName) -> String { "\(name.policy)-\(thumbprint(name))" }

    /// What stands for the first digits of a CA's thumbprint.
    static func thumbprint(_ name: AuthorityName) -> String { "${THUMBPRINT_\(name.policy)_\(name.number)}" }

    private static func flag(_ name: String, _ isSet: Bool) -> String { isSet ? " \(name)" : "" }

    private static func word(_ reprovisioning: Reprovisioning) -> String {
        switch reprovisioning {
        case .migrate: "reprovisionandmigratedata"
        case .reset: "reprovisionandresetdata"
        case .never: "never"
        }
    }
}
