import Foundation
import JSON
import LifeModel
import OpenSSL
import PKI
import TestSupport

/// What `adr`, the model and the other judges do not agree on.
struct Disagreement: Error, CustomStringConvertible {
    let description: String
}

/// A life of certificates that is played on `adr` and in the model, every step of it judged by both and by others.
final class LifeRun {
    /// 2026-03-01T00:00:00Z, where every life begins.
    private static let start: Int64 = 1_772_323_200

    /// A folder with all that every life begins with, and the model of it.
    private static let prepared = Result {
        let shell = try LifeShell(now: start)
        for line in LifeLines.beginning { try shell.expect(line) }
        return shell.scratch
    }

    let shell: LifeShell
    private(set) var life: Life
    private(set) var counts = LifeCounts()
    /// What was typed.
    private(set) var script: [String] = []
    private let judges: LifeJudges
    private let isGnuTLSThere: Bool
    /// Every CA there ever was, by its thumbprint, and by its name the name of its key.
    private var authorities: [String: AuthorityName] = [:]
    private var keyNames: [AuthorityName: String] = [:]
    private var rootKeyNames: [String] = []
    /// Those that everybody has refused as expired: time does not go back, and they are asked for now and then only.
    private var settled: Set<CertificateName> = []
    /// Draws the samples.
    private var random: Chance

    init(seed: UInt64) throws {
        shell = try LifeShell(now: Self.start, copying: try Self.prepared.get())
        life = Life(now: Self.start, devices: LifeLines.devices, hubs: LifeLines.hubs)
        judges = LifeJudges(scratch: shell.scratch)
        isGnuTLSThere = Peer.available("certtool") && Peer.available("faketime")
        random = Chance(seed: seed)
        let id = try shell.expect("ns show --name factory")["id"]?.stringValue ?? ""
        shell.set("$NAMESPACE", id)
        script = LifeLines.beginning.map { LifeShell.typed($0, at: Self.start) }
        script.append("NAMESPACE=$(adr ns show --name factory --query id -o tsv)")
        try note(root: 0)
        try note(AuthorityName(policy: "default", number: 0))
    }

    func finish() -> LifeCounts {
        counts.sequences = 1
        counts.certificates = life.certificates.count
        return counts
    }

    // MARK: One step

    /// Lets an operation happen in the model and in `adr`, where it is typed at all, and judges everybody.
    func play(_ operation: Deed, isTyped: Bool = true) throws {
        let effect = life.apply(operation)
        counts.operations += 1
        guard effect.answer != .impossible else {
            counts.skipped += 1
            return
        }
        shell.now = life.now
        if isTyped, let line = LifeLines.line(operation, in: life, issuing: effect.certificate) {
            try answer(line, effect.answer, mayWrite: effect.answer == .done || operation.isRegistration)
        }
        if let root = effect.root {
            try type(LifeLines.keep(root: root))
            try note(root: root)
        }
        if let authority = effect.authority {
            try type(LifeLines.keep(authority))
            try note(authority)
        }
        if effect.isChange { try judge() }
    }

    private func type(_ line: String) throws {
        script.append(LifeShell.typed(line, at: life.now))
        try shell.expect(line)
    }

    /// Runs a line that must end as the model says; one that is refused leaves the ledger as it is.
    private func answer(_ line: String, _ expected: Answer, mayWrite: Bool) throws {
        script.append(LifeShell.typed(line, at: life.now))
        let before = try ledgerSize()
        let result = shell.adr(line)
        let answer: Answer = result.status == 0 ? .done : .refused(result.status, result.code)
        guard answer == expected else {
            throw Disagreement(description: "adr \(line)\nends in \(answer), not in \(expected):\n\(result.errors)")
        }
        if answer != .done { counts.refusals += 1 }
        guard try mayWrite || ledgerSize() == before else {
            throw Disagreement(description: "adr \(line)\nwas refused and wrote to the ledger all the same")
        }
    }

    private var folder: String { shell.scratch.file("store/groups/default/namespaces/factory") }

    private func ledgerSize() throws -> Int {
        let ledger = "\(folder)/ledger"
        return try FileManager.default.contentsOfDirectory(atPath: ledger).reduce(0) { sum, name in
            let size = try FileManager.default.attributesOfItem(atPath: "\(ledger)/\(name)")[.size] as? Int
            return sum + (size ?? 0)
        }
    }

    // MARK: CAs

    private func note(root number: Int) throws {
        let pem = try shell.scratch.text(String(LifeLines.file(root: number).dropFirst()))
        rootKeyNames.append(try Self.outline(pem).keyName)
        try append(pem, to: "roots.pem")
    }

    private func note(_ name: AuthorityName) throws {
        let file = String(LifeLines.file(name).dropFirst())
        let pem = try shell.scratch.text(file)
        let outline = try Self.outline(pem)
        authorities[outline.thumbprintSHA1] = name
        keyNames[name] = outline.keyName
        let variable = LifeLines.thumbprint(name)
        shell.set(variable, String(outline.thumbprintSHA1.prefix(8).lowercased()))
        let bare = String(variable.dropFirst(2).dropLast())
        script.append("\(bare)=$(openssl x509 -in \(file) -outform DER | sha1sum | cut -c-8)")
        try append(pem, to: "issuing.pem")
    }

    private static func outline(_ pem: String) throws -> CertificateOutline {
        try CertificateOutline(lenient: PEM.blocks(Array(pem.utf8)).first?.der ?? [])
    }

    private func append(_ text: String, to name: String) throws {
        shell.scratch.write(name, ((try? shell.scratch.text(name)) ?? "") + text)
    }

    // MARK: Judging

    private func judge() throws {
        counts.moments += 1
        try type("policy crl --namespace factory --out %issuing.crl")
        try type("credential crl --namespace factory --out %roots.crl")
        try checkKeys()
        let judged = life.certificates.filter { certificate in
            Torture.factor > 1 || !settled.contains(certificate.name) || random.happens(12)
        }
        for hub in life.hubs.keys.sorted() { try judge(judged, at: hub) }
        try judgeAgainstRoots(judged)
        settled.formUnion(judged.filter { life.isExpired($0) }.map(\.name))
    }

    /// The keys of CAs that sign something are there, those that were wiped are not.
    private func checkKeys() throws {
        let files = Set(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/keys"))
        for authority in life.authorities.values {
            let isThere = files.contains(keyNames[authority.name] ?? "")
            let isNeeded = !authority.isWiped && (authority.state == .current || life.now <= authority.lastLeafEnd)
            guard isThere ? !authority.isWiped : !isNeeded else {
                throw Disagreement(
                    description: "the key of \(authority.name) is \(isThere ? "" : "not ")there: \(authority)"
                )
            }
        }
        for root in life.roots {
            let isThere = files.contains(rootKeyNames[root.number])
            guard isThere ? !root.isWiped : root.hasEnded else {
                throw Disagreement(description: "the key of root \(root.number) is \(isThere ? "" : "not ")there")
            }
        }
    }

    private func judge(_ certificates: [Certificate], at hub: String) throws {
        let list = try shell.expect("hub certificate list --hub-name \(hub)")
        let held = (list["value"]?.arrayValue ?? []).compactMap { $0["properties"] }
        let names = Set(held.compactMap { $0["thumbprint"]?.stringValue.flatMap { authorities[$0] } })
        guard names == life.hubs[hub]?.holds, names.count == held.count else {
            throw Disagreement(description: "\(hub) holds \(names), not \(life.hubs[hub]?.holds ?? [])")
        }
        let anchors = held.compactMap {
            $0["certificate"]?.stringValue.flatMap { Base64.decodeStrict(Array($0.utf8)) }
        }
        shell.scratch.write("\(hub).pem", anchors.flatMap { PEM.encode(label: "CERTIFICATE", der: $0) })
        let accepted = try judges.openSSL(
            certificates.map(\.file),
            trusted: "\(hub).pem",
            lists: ["issuing.crl"],
            ["-partial_chain", "-crl_check"],
            at: life.now
        )
        for certificate in certificates {
            try judge(certificate, at: hub, accepts: accepted.contains(certificate.file))
        }
    }

    private func judge(_ certificate: Certificate, at hub: String, accepts: Bool) throws {
        let line =
            "hub connect --hub-name \(hub) --certificate-file-path %\(certificate.file) --key-file-path "
            + LifeLines.key(certificate.name.device, certificate.key)
        let verdict = try expect(life.verdict(on: certificate, at: hub), line)
        counts.atHubs += 1
        counts.verdicts["\(verdict)", default: 0] += 1
        if certificate.isUnlisted {
            counts.excepted += 1
            return
        }
        let device = life.devices[certificate.name.device]
        let isKnown = device?.hub == hub && device?.isEnabled == true && device?.isIdentityEnabled == true
        let locks: [Verdict] = [.refused("DeviceNotFound"), .refused("DeviceDisabled"), .refused("IdentityDisabled")]
        guard (verdict == .accepted) == (accepts && isKnown), !accepts || isKnown || locks.contains(verdict) else {
            throw Disagreement(
                description: "adr \(line)\n\(verdict); openssl verify \(accepts ? "accepts" : "refuses") it, and the "
                    + "device is \(isKnown ? "" : "not ")let in by \(hub)"
            )
        }
    }

    private func judgeAgainstRoots(_ certificates: [Certificate]) throws {
        let accepted = try judges.openSSL(
            certificates.map(\.file),
            trusted: "roots.pem",
            helpers: "issuing.pem",
            lists: ["roots.crl", "issuing.crl"],
            ["-x509_strict", "-crl_check_all"],
            at: life.now
        )
        for certificate in certificates {
            let line = "cert verify %\(certificate.file) --namespace factory"
            let verdict = try expect(life.verdict(on: certificate), line)
            counts.atRoots += 1
            if certificate.isUnlisted {
                counts.excepted += 1
                continue
            }
            guard (verdict == .accepted) == accepted.contains(certificate.file) else {
                throw Disagreement(
                    description: "adr \(line)\n\(verdict), but not by openssl verify -x509_strict -crl_check_all"
                )
            }
        }
        if random.happens(10), let certificate = certificates.randomElement(using: &random) {
            try judgeByGnuTLS(certificate, accepts: accepted.contains(certificate.file))
        }
    }

    /// GnuTLS agrees with OpenSSL, but for a certificate's last second, which to GnuTLS still counts.
    private func judgeByGnuTLS(_ certificate: Certificate, accepts: Bool) throws {
        guard isGnuTLSThere, life.now != certificate.notAfter else { return }
        shell.scratch.write("all.crl", try shell.scratch.text("roots.crl") + shell.scratch.text("issuing.crl"))
        let isAccepted = try judges.gnuTLS(certificate.file, roots: "roots.pem", lists: "all.crl", at: life.now)
        counts.byGnuTLS += 1
        guard isAccepted == accepts else {
            throw Disagreement(
                description: "certtool --verify \(isAccepted ? "accepts" : "refuses") \(certificate.file), "
                    + "OpenSSL does not"
            )
        }
    }

    /// Runs a line that must end in this verdict.
    private func expect(_ expected: Verdict, _ line: String) throws -> Verdict {
        let result = shell.adr(line)
        let verdict: Verdict = result.status == 0 ? .accepted : .refused(result.code)
        guard verdict == expected else {
            script.append(LifeShell.typed(line, at: life.now))
            throw Disagreement(description: "adr \(line)\n\(verdict), not \(expected)\n\(result.errors)")
        }
        return verdict
    }
}

extension Deed {
    /// A registration that fails is on record, too.
    fileprivate var isRegistration: Bool {
        if case .register = self { return true }
        return false
    }
}

extension Certificate {
    /// The file of its chain.
    fileprivate var file: String { String(LifeLines.chain(name).dropFirst()) }
}

extension CertificateOutline {
    /// The file of a CA's key.
    fileprivate var keyName: String { "\(subject.commonName ?? "").pem" }
}
