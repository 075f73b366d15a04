/// Printed JSON taken from one of the two forms into the other, byte by byte: printing a value anew costs many times as
/// much. All take for granted that it is JSON.
package enum PrintedJSON {
    /// What ``JSONValue/compact()`` printed, as ``JSONValue/pretty()`` prints the same value.
    package static func pretty(fromCompact text: [UInt8]) -> [UInt8] {
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
    /// order. `nil`, where that cannot be told at a glance: the key is there, or one before its place is escaped.
    ///
    /// - Parameters:
    ///   - key: one that needs no escaping.
    ///   - value: in the compact form.
    package static func inserting(_ key: StaticString, _ value: some Collection<UInt8>, into object: [UInt8])
        -> [UInt8]?
    {
        let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        guard let place = object.withUnsafeBufferPointer({ placeForMember(name, in: $0) }) else { return nil }
        var larger: [UInt8] = []
        larger.reserveCapacity(object.count + name.count + value.count + 4)
        larger += object[..<place]
        let isLast = object[place] == UInt8(ascii: "}")
        if isLast && place > 1 { larger.append(UInt8(ascii: ",")) }
        larger.append(UInt8(ascii: "\""))
        larger += name
        larger.append(UInt8(ascii: "\""))
        larger.append(UInt8(ascii: ":"))
        larger += value
        if !isLast { larger.append(UInt8(ascii: ",")) }
        larger += object[place...]
        return larger
    }

    /// Takes a member out of an object in the compact form; `nil`, where it is not found at a glance.
    package static func removing(_ key: StaticString, from object: [UInt8]) -> [UInt8]? {
        let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        return object.withUnsafeBufferPointer { text -> [UInt8]? in
            var place = 1
            while place < text.count, text[place] == UInt8(ascii: "\"") {
                let end = endOfString(text, from: place + 1)
                let next = endOfMember(text, from: end)
                guard next < text.count else { return nil }
                if text[place + 1..<end - 1].elementsEqual(name) {
                    let isLast = text[next] == UInt8(ascii: "}")
                    var smaller: [UInt8] = []
                    smaller.reserveCapacity(text.count)
                    smaller += text[..<(isLast && place > 1 ? place - 1 : place)]
                    smaller += text[(isLast ? next : next + 1)...]
                    return smaller
                }
                place = next + 1
            }
            return nil
        }
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
        var place = start
        while true {
            let end = StringRun(in: text, from: place).end
            if end >= text.count { return text.count }
            if text[end] == UInt8(ascii: "\"") { return end + 1 }
            place = min(end + (text[end] == UInt8(ascii: "\\") ? 2 : 1), text.count)
        }
    }

    private static func isClosing(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\t")
    }
}
