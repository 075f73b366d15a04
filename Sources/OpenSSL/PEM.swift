import COpenSSL

/// The textual encoding of RFC 7468.
package enum PEM {
    /// Every block in `bytes`, in order, with the label between `BEGIN` and the dashes; text around them is skipped.
    ///
    /// Reading stops at the first block that is damaged. Blocks that are encrypted in the manner of RFC 1421 come out
    /// as they are.
    package static func blocks(_ bytes: [UInt8]) -> [(label: String, der: [UInt8])] {
        var blocks: [(label: String, der: [UInt8])] = []
        try? MemoryBIO.reading(bytes) { bio in
            while true {
                var name: UnsafeMutablePointer<CChar>?
                var header: UnsafeMutablePointer<CChar>?
                var data: UnsafeMutablePointer<UInt8>?
                var length = 0
                guard PEM_read_bio(bio, &name, &header, &data, &length) == 1, let name, let data else { break }
                defer {
                    CRYPTO_free(name, #file, #line)
                    CRYPTO_free(header, #file, #line)
                    CRYPTO_clear_free(data, length, #file, #line)
                }
                let der = Array(UnsafeBufferPointer(start: data, count: length))
                blocks.append((label: String(cString: name), der: der))
            }
        }
        ErrorQueue.clear()
        return blocks
    }

    /// One block: the label between dashes, base64 in lines of 64 characters, a final newline.
    package static func encode(label: String, der: [UInt8]) -> [UInt8] {
        guard let bio = try? MemoryBIO(), PEM_write_bio(bio.pointer, label, "", der, der.count) > 0 else {
            // Writing to memory fails only when memory has run out.
            fatalError("\(OpenSSLError("encoding PEM"))")
        }
        return bio.drain()
    }
}
