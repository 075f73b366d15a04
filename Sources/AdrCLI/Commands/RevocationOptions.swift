import CommandTable
import PKI
import Registry
import Store

/// What the commands that revoke have in common.
enum RevocationOptions {
    /// The reasons an operator can have (RFC 5280 §5.3.1). A hold could be taken back, a revocation here cannot.
    static let reason = Argument<RevocationReason>(
        "--reason",
        value: "REASON",
        help: "Reason that the CRL gives.",
        choices: RevocationReason.allCases.filter { $0 != .certificateHold }.map(\.rawValue),
        default: RevocationReason.unspecified.rawValue
    ) { RevocationReason(rawValue: $0.last ?? "") ?? .unspecified }
}

extension Invocation {
    /// Says on standard error what came of deleting what has a CA, and of wiping the keys that it left.
    ///
    /// - Parameter nothing: what to say when there was nothing to do.
    func describe(deleted: Bool, _ wiped: [WipedKey], nothing: String) {
        for key in wiped { describe(key) }
        if !deleted, wiped.isEmpty { host.note(nothing) }
    }

    /// Says on standard error what wiping a key means.
    private func describe(_ wiped: WipedKey) {
        guard let last = wiped.lastCRL else {
            return host.note(
                "\(wiped.issuer): the key is wiped; no certificate of it is alive, so there is no last CRL"
            )
        }
        host.note(
            "\(wiped.issuer): the key is wiped; its last CRL is good until \(Timestamp.text(last.nextUpdate)), and is kept. "
                + "Later revocations reach hubs, but no CRL any more."
        )
    }

    /// Says on standard error what became of a device's certificates.
    func describe(_ report: DeviceRevocationReport) {
        let count = report.serialNumbers.count
        host.note(
            "\(report.deviceName): \(count == 0 ? "no living certificate" : "\(count) living certificate\(count == 1 ? "" : "s")")"
                + " to put on a CRL; hubs accept none of its certificates any more"
        )
        for issuer in report.withoutCRL {
            host.note(
                "WARNING: the key of \(issuer) is wiped: its last CRL does not list what was revoked here, hubs refuse it all "
                    + "the same."
            )
        }
    }
}
