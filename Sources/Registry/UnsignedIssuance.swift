import PKI

/// An issuance of which all is decided and nothing signed; shared, for it is large and goes from step to step.
///
/// Signatures take nearly all of an issuance's time, and what surrounds them is quick as long as the processor's caches
/// hold it: among many, each step is taken for some of them at a time.
final class UnsignedIssuance {
    let event: String
    /// As it was found or made; with the certificate once that is signed.
    var device: DeviceRecord
    let hub: HubRecord?
    let policy: PolicyRecord
    private(set) var certificate: UnsignedCertificate

    init(
        event: String,
        device: DeviceRecord,
        hub: HubRecord?,
        policy: PolicyRecord,
        certificate: UnsignedCertificate
    ) {
        self.event = event
        self.device = device
        self.hub = hub
        self.policy = policy
        self.certificate = certificate
    }

    /// Checks the CSR's signature, where that was not waited for; throws its refusal.
    func verify() throws { try certificate.leaf.request.requireSignature() }

    /// Signs the certificate.
    func sign() throws { try certificate.sign() }
}

/// A certificate to be signed, and by whom.
struct UnsignedCertificate {
    private(set) var leaf: UnsignedLeaf
    let authority: IssuerRecord
    let signer: Signer
    /// Unix seconds UTC.
    let time: Int64

    mutating func sign() throws { try leaf.sign(with: signer.issuer) }
}
