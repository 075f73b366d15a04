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
    let lines: [String]

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
            self.init(1, Self.code(error.reason), error.message, nil as String?)
        case let error as StoreError:
            self.init(error.kind == .notFound ? 3 : 1, Self.code(error.kind), error.message, error.hint)
        case let error as FileProblem:
            self.init(1, nil, error.message, error.hint)
        case let error as JMESPathError:
            // By then the command has done what it does: as with az, only its result is not shown.
            self.init(1, nil, "Invalid jmespath query supplied for `--query`: \(error.message)", nil as String?)
        case is ContradictoryOptions:
            self.init(
                1,
                nil,
                "--only-show-errors can't be used together with --debug or --verbose",
                "Leave one of them out."
            )
        case is Cancelled:
            self.init(1, nil, "Operation cancelled.", nil as String?)
        case let error as OpenSSLError:
            self.init(
                1,
                "OpenSSL",
                "\(error.operation) failed: \(error.reasons.joined(separator: "; "))",
                nil as String?
            )
        default:
            self.init(1, "Internal", "\(error)", nil as String?)
        }
    }

    private init(_ status: Int32, _ code: String?, _ message: String, _ hint: String?) {
        self.init(status, code, message, hint.map { [$0] } ?? [])
    }

    private init(_ status: Int32, _ code: String?, _ message: String, _ hints: [String]) {
        self.status = status
        lines = ["ERROR: \(code.map { "(\($0)) " } ?? "")\(message)"] + hints
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

/// The user said no, or could not be asked.
struct Cancelled: Error {}

/// The command has printed its result, and the result is a failure.
struct FailedResult: Error {}
