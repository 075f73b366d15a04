import Foundation
import LifeModel
import TestSupport

/// Other programs that judge certificates in the light of CRLs, in the folder where all the files lie.
struct LifeJudges {
    let scratch: Scratch

    struct Silent: Error, CustomStringConvertible {
        let description: String
    }

    /// Which of the certificates `openssl verify` accepts at a moment: one process for all of them.
    ///
    /// - Parameters:
    ///   - trusted: a file of CA certificates; empty files trust nobody.
    ///   - helpers: a file of certificates that help to build chains.
    func openSSL(
        _ files: [String],
        trusted: String,
        helpers: String? = nil,
        lists: [String],
        _ flags: [String],
        at time: Int64
    ) throws -> Set<String> {
        if files.isEmpty { return [] }
        var words = ["openssl", "verify", "-no-CApath", "-no-CAfile", "-no-CAstore", "-attime", "\(time)"] + flags
        words += ["-purpose", "sslclient"]
        // It takes no file without a certificate or a list.
        if try !scratch.read(trusted).isEmpty { words += ["-trusted", trusted] }
        if let helpers, try !scratch.read(helpers).isEmpty { words += ["-untrusted", helpers] }
        for list in lists where try !scratch.read(list).isEmpty { words += ["-CRLfile", list] }
        let outcome = try Run.command(words + files, directory: scratch.path)
        let accepted = Set(
            outcome.output.split(separator: "\n").filter { $0.hasSuffix(": OK") }.map { String($0.dropLast(4)) }
        )
        let refused = files.filter { outcome.errors.contains("error \($0): verification failed") }
        guard accepted.isDisjoint(with: refused), accepted.union(refused) == Set(files) else {
            throw Silent(description: "\(words.joined(separator: " ")) did not judge every certificate:\n\(outcome)")
        }
        return accepted
    }

    /// Whether GnuTLS accepts a chain at a moment. It asks the clock, which `faketime` stops for it.
    func gnuTLS(_ chain: String, roots: String, lists: String, at time: Int64) throws -> Bool {
        var environment = ProcessInfo.processInfo.environment
        environment["TZ"] = "UTC"
        var words = ["faketime", "-f", LifeShell.moment(time), "certtool", "--verify", "--infile", chain]
        words += ["--load-ca-certificate", roots, "--verify-purpose", "1.3.6.1.5.5.7.3.2"]
        // It takes no file without a list; there is none where no CA can have a living certificate.
        if try !scratch.read(lists).isEmpty { words += ["--load-crl", lists] }
        let outcome = try Run.command(words, environment: environment, directory: scratch.path)
        guard outcome.output.contains("Chain verification output: ") else {
            throw Silent(description: "certtool did not judge \(chain):\n\(outcome)")
        }
        return outcome.status == 0
    }
}
