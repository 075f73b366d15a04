import COpenSSL

/// What libcrypto or libssl says when a call fails.
package struct OpenSSLError: Error, CustomStringConvertible {
    /// The operation that failed, in words ("reading a private key").
    package let operation: String
    /// The thread's error queue at that moment, oldest first, in OpenSSL's words; may be empty.
    package let reasons: [String]

    package init(operation: String, reasons: [String]) {
        self.operation = operation
        self.reasons = reasons
    }

    /// Drains this thread's error queue into a new error.
    init(_ operation: String) {
        self.init(operation: operation, reasons: ErrorQueue.drain())
    }

    package var description: String {
        reasons.isEmpty ? "\(operation) failed" : "\(operation) failed: \(reasons.joined(separator: "; "))"
    }
}

/// The error queue libcrypto keeps for every thread.
enum ErrorQueue {
    /// Takes every entry off the queue, oldest first.
    static func drain() -> [String] {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { return reasons }
            if let text = ERR_reason_error_string(code) {
                reasons.append(String(cString: text))
            } else {
                reasons.append("error \(String(code, radix: 16))")
            }
        }
    }

    /// Forgets what a call that was allowed to fail has left behind.
    static func clear() {
        ERR_clear_error()
    }
}
