import JSON

/// Whole lines of a segment, in order. Bytes without a newline are no line.
struct LineReader {
    private let file: OpenFile
    /// Offset of the first byte that belongs to no line returned so far.
    private(set) var offset: Int64
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var step = 1 << 14

    init(_ file: OpenFile, at offset: Int64) {
        self.file = file
        self.offset = offset
    }

    /// The next line without its newline, `nil` where no further newline is to be found (now).
    mutating func next() throws(StoreError) -> (bytes: [UInt8], start: Int64)? {
        var searched = consumed
        while true {
            if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[consumed..<newline])
                let start = offset
                consumed = newline + 1
                offset += Int64(line.count) + 1
                return (line, start)
            }
            buffer.removeFirst(consumed)
            consumed = 0
            searched = buffer.count
            let more = try file.read(at: offset + Int64(buffer.count), count: step)
            if more.isEmpty {
                return nil
            }
            buffer += more
            step = min(step * 2, 1 << 20)
        }
    }

    /// Bytes behind the last newline, as of the last reading.
    var unfinished: Int { buffer.count - consumed }

    /// The line that begins at that offset, without its newline.
    static func line(in file: OpenFile, at start: Int64) throws(StoreError) -> [UInt8]? {
        var reader = LineReader(file, at: start)
        return try reader.next()?.bytes
    }

    /// The line whose newline ends at that offset.
    static func line(in file: OpenFile, endingAt end: Int64) throws(StoreError) -> (bytes: [UInt8], start: Int64)? {
        var step: Int64 = 4096
        while end > 0 {
            let from = max(0, end - step)
            let bytes = try file.read(at: from, count: Int(end - from))
            guard Int64(bytes.count) == end - from, bytes.last == UInt8(ascii: "\n") else { return nil }
            if let newline = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")) {
                return (Array(bytes[(newline + 1)..<(bytes.count - 1)]), from + Int64(newline) + 1)
            }
            if from == 0 { return (Array(bytes.dropLast()), 0) }
            step *= 4
        }
        return nil
    }
}
