import COpenSSL

/// Base64 as RFC 4648 §4 has it.
package enum Base64 {
    /// Encodes with padding and without line breaks.
    package static func encode(_ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "" }
        let length = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: length + 1) { buffer in
            Int(EVP_EncodeBlock(buffer.baseAddress, bytes, Int32(bytes.count)))
        }
    }

    /// Decodes the canonical form alone: the standard alphabet, padding, no white space, unused bits zero.
    ///
    /// Returns nil for anything else (RFC 4648 §3.3 and §3.5).
    package static func decodeStrict(_ text: [UInt8]) -> [UInt8]? {
        if text.isEmpty { return [] }
        guard text.count.isMultiple(of: 4), text.count <= Int(Int32.max) else { return nil }
        var padding = 0
        while padding < 2, text[text.count - 1 - padding] == UInt8(ascii: "=") { padding += 1 }
        guard areLetters(text[..<(text.count - padding)]) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { buffer, count in
            count = max(0, Int(EVP_DecodeBlock(buffer.baseAddress, text, Int32(text.count))) - padding)
        }
        guard bytes.count == text.count / 4 * 3 - padding else { return nil }
        // Only the last group can hide bits: they are zero if it comes out the same again.
        let last = encode(Array(bytes.suffix(3 - padding)))
        return last.utf8.elementsEqual(text.suffix(4)) ? bytes : nil
    }

    private static func areLetters(_ text: ArraySlice<UInt8>) -> Bool {
        text.withUnsafeBufferPointer { text in
            letters.withUnsafeBufferPointer { letters in
                // All are looked at, good or bad: nearly every text is good.
                var isGood: UInt8 = 1
                for byte in text { isGood &= letters[Int(byte)] }
                return isGood == 1
            }
        }
    }

    /// 1 for each byte that is a letter.
    private static let letters: [UInt8] = (0...UInt8.max).map { isLetter($0) ? 1 : 0 }

    /// Whether `byte` is one of the 64 letters of the standard alphabet.
    package static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
