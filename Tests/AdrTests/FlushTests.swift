import TestSupport
import Testing

/// What one durable issuance costs the disk.
struct FlushTests {
    @Test(.peer("strace")) func issuingFlushesTheLedgerOnceAndNothingElse() throws {
        let person = Operator()
        try person.setUpFactory()
        try person.expect("csr generate --registration-id device-01 --key-out device-01.key --out device-01.csr")
        let outcome = try Run.command(
            [
                "strace", "-f", "-y", "-o", person.scratch.file("trace"), "-e",
                "trace=fsync,fdatasync,syncfs,sync,sync_file_range,msync", person.binary, "cert", "issue",
                "--namespace", "factory", "--policy-name", "default", "--registration-id", "device-01", "--csr",
                "device-01.csr", "--out", "device-01.pem",
            ],
            environment: person.environment,
            directory: person.scratch.path
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let calls = try person.scratch.text("trace").split(separator: "\n").filter {
            $0.contains("(") && $0.contains("sync")
        }
        #expect(calls.count == 1, "\(calls)")
        #expect(calls.first?.contains("fdatasync(") == true, "\(calls)")
        #expect(calls.first?.contains("/ledger/") == true, "\(calls)")
    }
}
