/// The colours of `jsonc` and `yamlc`: those of pygments' terminal formatter, which az uses.
enum Colour {
    static let key = Array("\u{1B}[94m".utf8)
    static let string = Array("\u{1B}[33m".utf8)
    static let word = Array("\u{1B}[34m".utf8)
    static let reset = Array("\u{1B}[39;49;00m".utf8)

    /// A printed JSON document with its keys, strings, numbers and words coloured.
    static func painted(json: [UInt8]) -> [UInt8] {
        var painted: [UInt8] = []
        painted.reserveCapacity(json.count * 2)
        var place = 0
        while place < json.count {
            let start = place
            switch json[place] {
            case UInt8(ascii: "\""):
                place += 1
                while place < json.count, json[place] != UInt8(ascii: "\"") {
                    place += json[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                place = min(place + 1, json.count)
                let isKey = place < json.count && json[place] == UInt8(ascii: ":")
                painted += (isKey ? key : string) + json[start..<place] + reset
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                while place < json.count, !isEnd(json[place]) { place += 1 }
                painted += word + json[start..<place] + reset
            case let byte:
                painted.append(byte)
                place += 1
            }
        }
        return painted
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "]")
            || byte == UInt8(ascii: "}")
    }
}

extension Host {
    /// Whether standard output takes colours: it is a terminal that can show them, and nobody said no (no-color.org, and
    /// az's own variable).
    var outputHasColour: Bool {
        guard outputIsTerminal, environment("TERM") != "dumb", environment("NO_COLOR") ?? "" == "" else { return false }
        switch environment("AZURE_CORE_NO_COLOR")?.lowercased() {
        case "1", "yes", "true", "on": return false
        default: return true
        }
    }
}
