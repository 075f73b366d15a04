import CommandTable
import JMESPath
import JSON
import OpenSSL
import PKI
import Registry
import Store

/// The one place where an error becomes text and an exit status.
///
/// 0 done; 1 what the service judges and what the disk does; 2 what the parser refuses; 3 not found.
struct ErrorReport {
    let status: Int32
    let code: String?
    let message: String
    let hints: [String]

    var lines: [String] {
        ["ERROR: \(code.map { "(\($0)) " } ?? "")\(Self.visible(message))"]
            + hints.flatMap { $0.split(separator: "\n").map { Self.visible(String($0)) } }
    }

    init(_ error: any Error) {
        switch error {
        case let error as UsageError:
            self.init(2, nil, error.message, error.recommendations)
        case let error as ServiceError:
            self.init(error.kind == .notFound ? 3 : 1, error.code, error.message, error.hint)
        case let error as Refusal:
            self.init(1, error.code, error.message, error.hint)
        case let error as HubRefusal:
            self.init(1, error.reason.rawValue, error.message, error.hint)
        case let error as TrustFailure:
            self.init(1, Self.code(error.reason), error.message, Self.wayOn(error.reason))
        case let error as StoreError:
            self.init(error.kind == .notFound ? 3 : 1, Self.code(error.kind), error.message, error.hint)
        case let error as FileProblem:
            self.init(1, nil, error.message, error.hint)
        case let error as JMESPathError:
            // By then the command has done what it does: as with az, only its result is not shown.
            self.init(
                1,
                nil,
                "Invalid jmespath query supplied for `--query`: \(error.message)",
                "--query takes a JMESPath expression, e.g. --query '[].name'; see jmespath.org."
            )
        case is ContradictoryOptions:
            self.init(
                1,
                nil,
                "--only-show-errors can't be used together with --debug or --verbose",
                "Leave out --only-show-errors, or the other."
            )
        case is Cancelled:
            self.init(1, nil, "Operation cancelled.", "Add --yes to go on without being asked.")
        case let error as OpenSSLError:
            self.init(
                1,
                "OpenSSL",
                error.description,
                "'adr cert show FILE' and 'adr csr show FILE' describe what a file holds."
            )
        default:
            self.init(
                1,
                "Internal",
                (error as? any CustomStringConvertible)?.description ?? "something went wrong that has no words here",
                "This is a fault of adr itself: please report it, with the command line."
            )
        }
    }

    private init(_ status: Int32, _ code: String?, _ message: String, _ hint: String?) {
        self.init(status, code, message, hint.map { [$0] } ?? [])
    }

    private init(_ status: Int32, _ code: String?, _ message: String, _ hints: [String]) {
        self.status = status
        self.code = code
        self.message = message
        self.hints = hints
    }

    /// Text of others made fit for one line of a terminal: what would end the line or steer the terminal is escaped, and
    /// what is out of all proportion is cut.
    private static func visible(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for (place, scalar) in text.unicodeScalars.enumerated() {
            if place == 2_000 {
                shown.append("…")
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }

    private static func code(_ kind: StoreError.Kind) -> String {
        switch kind {
        case .conflict: "Conflict"
        case .damaged: "StoreDamaged"
        case .newerSchema: "StoreNewer"
        case .noSpace: "NoSpace"
        case .readOnly: "ReadOnlyStore"
        case .permission: "AccessDenied"
        case .io: "InputOutput"
        case .exists: "Conflict"
        case .notFound: "ResourceNotFound"
        }
    }

    private static func code(_ reason: TrustVerdict.Reason) -> String {
        switch reason {
        case .noCertificate: "NoCertificate"
        case .malformed: "InvalidCertificate"
        case .noAnchor, .selfSigned, .notDirectlyUnderAnchor: "UnknownIssuer"
        case .expired: "CertificateExpired"
        case .notYetValid: "CertificateNotYetValid"
        case .badSignature: "BadSignature"
        case .wrongPurpose: "WrongPurpose"
        case .other: "InvalidCertificate"
        }
    }
}

/// The line asks for less on standard error and for more.
struct ContradictoryOptions: Error {}

extension ErrorReport {
    /// What helps against a chain that a verifier does not trust.
    private static func wayOn(_ reason: TrustVerdict.Reason) -> String {
        switch reason {
        case .noAnchor, .selfSigned, .notDirectlyUnderAnchor:
            "The chain must lead to a root of --namespace or --ca-file; 'adr cert show FILE' shows who issued what."
        case .expired:
            "'adr cert issue' gives the device a new certificate."
        case .notYetValid:
            "Compare this clock, 'date -u', with that of the machine that issued it."
        case .badSignature:
            "'adr cert show --namespace NAMESPACE --serial SERIAL --out FILE' gives the certificate as it was issued."
        case .noCertificate, .malformed, .wrongPurpose, .other:
            "'adr cert show FILE' describes what a file holds."
        }
    }
}

/// The user said no, or could not be asked.
struct Cancelled: Error {}

/// The command has printed its result, and the result is a failure.
struct FailedResult: Error {
    /// The exit status that says so.
    var status: Int32 = 1
}
