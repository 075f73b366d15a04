import Glibc

/// Printed JSON taken from one of the two forms into the other, byte by byte: printing a value anew costs many times as
/// much. All take for granted that it is JSON.
package enum PrintedJSON {
    /// What ``JSONValue/compact()`` printed, as ``JSONValue/pretty()`` prints the same value, and a newline.
    package static func prettyLine(fromCompact text: [UInt8]) -> [UInt8] {
        var pretty = PrintedBytes(capacity: text.count + text.count / 4 + 1024)
        var depth = 0
        text.withUnsafeBufferPointer { text in
            var place = 0
            while place < text.count {
                let byte = text[place]
                let start = place
                place += 1
                switch byte {
                case UInt8(ascii: "\""):
                    place = endOfString(text, from: place)
                    pretty.append(UnsafeBufferPointer(rebasing: text[start..<place]))
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    pretty.append(byte)
                    if place < text.count, isClosing(text[place]) {
                        pretty.append(text[place])
                        place += 1
                    } else {
                        depth += 1
                        pretty.startLine(depth)
                    }
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    pretty.startLine(depth)
                    pretty.append(byte)
                case UInt8(ascii: ","):
                    pretty.append(byte)
                    pretty.startLine(depth)
                case UInt8(ascii: ":"):
                    pretty.append(byte)
                    pretty.append(UInt8(ascii: " "))
                default: pretty.append(byte)
                }
            }
        }
        pretty.append(UInt8(ascii: "\n"))
        return pretty.array
    }

    /// JSON without the white space between its parts: what ``JSONValue/compact()`` prints, if the members stand in the
    /// order of their keys and every string as it is printed.
    package static func withoutSpace(_ text: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: text.count) { dense, count in
            text.withUnsafeBufferPointer { text in
                var place = 0
                while place < text.count {
                    let byte = text[place]
                    let start = place
                    place += 1
                    if byte == UInt8(ascii: "\"") {
                        place = endOfString(text, from: place)
                        let string = text[start..<place]
                        _ = UnsafeMutableBufferPointer(rebasing: dense[count...]).update(fromContentsOf: string)
                        count += string.count
                    } else if !isSpace(byte) {
                        dense[count] = byte
                        count += 1
                    }
                }
            }
        }
    }

    /// Adds a member to an object in the compact form whose members are in the order of their keys, at its place in that
    /// order. False, where that cannot be told at a glance: the key is there, or one before its place is escaped.
    ///
    /// - Parameters:
    ///   - key: one that needs no escaping.
    ///   - value: in the compact form.
    package static func insert(_ key: StaticString, _ value: [UInt8], into object: inout [UInt8]) -> Bool {
        let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        guard let place = object.withUnsafeBufferPointer({ placeForMember(name, in: $0) }) else { return false }
        let isLast = object[place] == UInt8(ascii: "}")
        var member: [UInt8] = []
        member.reserveCapacity(name.count + value.count + 4)
        if isLast && place > 1 { member.append(UInt8(ascii: ",")) }
        member.append(UInt8(ascii: "\""))
        member += name
        member.append(UInt8(ascii: "\""))
        member.append(UInt8(ascii: ":"))
        member += value
        if !isLast { member.append(UInt8(ascii: ",")) }
        object.insert(contentsOf: member, at: place)
        return true
    }

    /// Takes a member out of an object in the compact form; false, where it is not found at a glance.
    package static func remove(_ key: StaticString, from object: inout [UInt8]) -> Bool {
        let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        let range = object.withUnsafeBufferPointer { text -> Range<Int>? in
            var place = 1
            while place < text.count, text[place] == UInt8(ascii: "\"") {
                let end = endOfString(text, from: place + 1)
                let next = endOfMember(text, from: end)
                guard next < text.count else { return nil }
                if text[place + 1..<end - 1].elementsEqual(name) {
                    let isLast = text[next] == UInt8(ascii: "}")
                    return isLast && place > 1 ? place - 1..<next : place..<(isLast ? next : next + 1)
                }
                place = next + 1
            }
            return nil
        }
        guard let range else { return false }
        object.removeSubrange(range)
        return true
    }

    /// Where the first member begins whose key comes after `name`, or where the object is closed.
    private static func placeForMember(
        _ name: UnsafeBufferPointer<UInt8>,
        in text: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        var place = 1
        while place < text.count, text[place] == UInt8(ascii: "\"") {
            let end = endOfString(text, from: place + 1)
            let key = text[place + 1..<end - 1]
            if key.contains(UInt8(ascii: "\\")) || key.elementsEqual(name) { return nil }
            if name.lexicographicallyPrecedes(key) { return place }
            place = endOfMember(text, from: end)
            if place < text.count, text[place] == UInt8(ascii: ",") { place += 1 }
        }
        return place < text.count ? place : nil
    }

    /// The comma or brace behind the member whose key ended there.
    private static func endOfMember(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var place = start
        var depth = 0
        while place < text.count {
            switch text[place] {
            case UInt8(ascii: "\""):
                place = endOfString(text, from: place + 1)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ",") where depth == 0: return place
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return place }
                depth -= 1
            default: break
            }
            place += 1
        }
        return place
    }

    /// Behind the quote that ends the string whose first byte, or what comes after its quote, is there.
    private static func endOfString(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = text.baseAddress else { return 0 }
        var place = start
        while let found = memchr(base + place, 0x22, text.count - place) {
            let quote = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            // An odd number of backslashes before it makes it a part of the string.
            var first = quote
            while first > start, text[first - 1] == UInt8(ascii: "\\") { first -= 1 }
            if (quote - first).isMultiple(of: 2) { return quote + 1 }
            place = quote + 1
        }
        return text.count
    }

    private static func isClosing(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\t")
    }
}
