import COpenSSL

/// A BIO of libcrypto over memory.
struct MemoryBIO: ~Copyable {
    let pointer: OpaquePointer

    /// An empty one, to be written to.
    init() throws(OpenSSLError) {
        guard let pointer = BIO_new(BIO_s_mem()) else { throw OpenSSLError("allocating a memory BIO") }
        self.pointer = pointer
    }

    deinit { BIO_free(pointer) }

    /// Everything that is in it; reading takes it out.
    func drain() -> [UInt8] { Self.drain(pointer) }

    /// Takes everything out of a memory BIO.
    static func drain(_ pointer: OpaquePointer) -> [UInt8] {
        let pending = BIO_ctrl_pending(pointer)
        if pending == 0 { return [] }
        return [UInt8](unsafeUninitializedCapacity: pending) { buffer, count in
            count = max(0, Int(BIO_read(pointer, buffer.baseAddress, Int32(clamping: pending))))
        }
    }

    /// Calls `body` with a read-only BIO over `bytes`, which are not copied.
    static func reading<Result>(
        _ bytes: [UInt8],
        _ body: (OpaquePointer) throws(OpenSSLError) -> Result
    ) throws(OpenSSLError) -> Result {
        guard let length = Int32(exactly: bytes.count) else {
            throw OpenSSLError(operation: "reading \(bytes.count) bytes", reasons: ["too many"])
        }
        return try bytes.withUnsafeBufferPointer { (buffer) throws(OpenSSLError) -> Result in
            // An empty array may have no address, and BIO_new_mem_buf wants one.
            guard let base = buffer.baseAddress, length > 0 else {
                let empty = try MemoryBIO()
                return try body(empty.pointer)
            }
            guard let bio = BIO_new_mem_buf(base, length) else { throw OpenSSLError("allocating a memory BIO") }
            defer { BIO_free(bio) }
            return try body(bio)
        }
    }
}
